// `npm run drill`: people buy, cancel and count while slots move up and down, and one thing after another breaks. Then all
// heals, and a checker looks for what must never be: a write lost or done twice, two owners, a card charged for nothing.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { commandContext } from "./commands/context.ts";
import { Dice } from "./drill/dice.ts";
import { ALL, SHORT } from "./drill/faults.ts";
import { type Drilled, runDrill } from "./drill/run.ts";
import { Stage } from "./drill/stage.ts";
import { exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, showError } from "./terminal/screen.ts";

const root = join(import.meta.dirname, "..");
const screen = createScreen(process.argv.includes("--json"));
const interrupt = new AbortController();
const interrupted = () => interrupt.abort(new BanyanError("BYN-CLI-011", "stopped before it was done"));
process.on("SIGINT", interrupted);
process.on("SIGTERM", interrupted);

try {
  await main();
} catch (error) {
  const shown = interrupt.signal.aborted ? interrupt.signal.reason : error;
  showError(screen, shown, process.argv.includes("--verbose"));
  process.exitCode = exitCodeOf(shown);
}

async function main(): Promise<void> {
  const { seed, faults } = readArguments();
  const context = commandContext(root, process.env, screen, interrupt.signal);
  screen.title(`Drill with seed ${seed}: ${faults.length} faults`);
  const { uniform: random } = new Dice(seed, "wire");
  const stage = await Stage.open(context, { root, environment: process.env, random });
  let whole = false;
  try {
    const drilled = await runDrill(stage, { seed, faults });
    show(drilled);
    whole = drilled.checks.every(({ problems }) => problems.length === 0);
    if (!whole) throw failed(drilled);
    screen.result(drilled);
  } catch (error) {
    const logs = join(context.places.home, "drill", String(seed));
    stage.keepLogs(logs);
    screen.say(`  the logs of all processes are in ${logs}`);
    throw error;
  } finally {
    await stage.close();
  }
}

function show({ seed, faults, wrote, seen, checks }: Drilled): void {
  screen.title("What was done, and seen to act");
  screen.table(
    ["fault", "seen after", "what"],
    faults.map(({ name, what, seenAfterMs }) => [name, `${(seenAfterMs / 1_000).toFixed(1)} s`, what]),
  );
  screen.title("What was seen on the way");
  const numbers = { ...wrote, ...seen };
  screen.table(
    ["what", "how often"],
    Object.entries(numbers).map(([what, times]) => [what, String(times)]),
  );
  screen.title("What must never be");
  for (const { name, problems } of checks) {
    if (problems.length === 0) screen.good(name);
    else screen.bad(`${name}: ${problems.length} times not`);
    for (const problem of problems.slice(0, 10)) screen.say(`    ${problem}`);
  }
  screen.say(`  the same again: npm run drill -- --seed ${seed}`);
}

function failed({ seed, checks }: Drilled): BanyanError {
  const problems = checks.flatMap((check) => check.problems);
  return new BanyanError("BYN-CLI-046", `seed ${seed}: ${problems.slice(0, 3).join("; ")}`, {
    mistakes: problems.slice(0, 50).map((message) => ({ place: "drill", message })),
  });
}

function readArguments() {
  const usage = "usage: npm run drill -- [--seed N] [--short] [--only NAME] [--json]";
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: "string" },
        short: { type: "boolean", default: false },
        only: { type: "string", multiple: true },
        json: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
      },
    });
    if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) throw new Error("--seed takes a number");
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
    const all = values.short ? SHORT : ALL;
    const faults = values.only === undefined ? all : ALL.filter(({ name }) => values.only?.includes(name));
    if (faults.length === 0)
      throw new Error(`--only takes one of: ${ALL.map(({ name }) => name).join(", ")}`);
    return { seed, faults };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BanyanError("BYN-CLI-002", `${why}; ${usage}`);
  }
}

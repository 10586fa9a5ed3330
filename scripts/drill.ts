// `npm run drill`: people buy, cancel and count while slots move up and down, and one thing after another breaks. Then all
// heals, and a checker looks for what must never be: a write lost or done twice, two owners, a card charged for nothing.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type CommandContext, commandContext } from "./commands/context.ts";
import { Broker } from "./drill/broker.ts";
import { Dice } from "./drill/dice.ts";
import { allFaults, KAFKA, SHORT } from "./drill/faults.ts";
import { type Drilled, type DrillPlan, runDrill } from "./drill/run.ts";
import { Stage } from "./drill/stage.ts";
import { exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, showError } from "./terminal/screen.ts";

const USAGE = "usage: npm run drill -- [--seed N] [--kafka] [--short] [--only FAULT] [--json] [--help]";
const WHAT_IT_TAKES = `  --seed N       the same order of faults, and the same choices of everybody
  --kafka        a broker of its own between the sides
  --short        eight faults, those that take least
  --only FAULT   this fault; may be given more than once:
                 ${allFaults(false)
                   .map(({ name }) => name)
                   .join(", ")}
                 with --kafka the last two are replaced by: ${KAFKA.map(({ name }) => name).join(", ")}
  --json         what was done, seen and found, as data
  More in docs/how-to/drill.md`;

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
  const asked = readArguments();
  if (asked === "help") return screen.say(`${USAGE}\n\n${WHAT_IT_TAKES}`);
  const { seed, faults, kafka } = asked;
  const context = commandContext(root, process.env, screen, interrupt.signal);
  screen.title(`Drill with seed ${seed}: ${faults.length} faults`);
  const broker = kafka ? await Broker.open(context) : undefined;
  try {
    await onStage(context, { seed, faults, broker });
  } finally {
    await broker?.close();
  }
}

async function onStage(context: CommandContext, plan: DrillPlan): Promise<void> {
  const { seed, broker } = plan;
  const { KAFKA_BROKERS: _another, ...rest } = context.environment;
  const environment = broker === undefined ? rest : { ...rest, KAFKA_BROKERS: broker.address };
  const { uniform: random } = new Dice(seed, "wire");
  const stage = await Stage.open(context, { root, environment, random });
  try {
    const drilled = await runDrill(stage, plan);
    show(drilled);
    if (drilled.checks.some(({ problems }) => problems.length > 0)) throw failed(drilled);
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
  const { refused, ...answers } = wrote;
  const refusals = Object.entries(refused).map(([code, times]) => [`refused with ${code}`, times] as const);
  const numbers = { ...answers, ...Object.fromEntries(refusals), ...seen };
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
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: "string" },
        kafka: { type: "boolean", default: false },
        short: { type: "boolean", default: false },
        only: { type: "string", multiple: true },
        json: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) throw new Error("--seed takes a number");
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
    const { short, kafka, only } = values;
    if (short && kafka) throw new Error("--short is over the embedded log");
    const all = allFaults(kafka);
    const names = all.map(({ name }) => name);
    const unknown = only?.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`--only takes one of: ${names.join(", ")}`);
    const faults = only === undefined ? (short ? SHORT : all) : all.filter(({ name }) => only.includes(name));
    return { seed, faults, kafka };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BanyanError("BYN-CLI-002", `${why}; ${USAGE}`);
  }
}

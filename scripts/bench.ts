// `npm run bench -- proxy`: what the proxy costs, beside nothing at all and beside what people use today.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { performancePage } from "./bench/page.ts";
import { type BenchResult, benchProxy, PLAN } from "./bench/proxy-bench.ts";
import { cellsOf, HEAD } from "./bench/table.ts";
import { readCommit } from "./gate/commit.ts";
import { loadLock } from "./gate/load.ts";
import { readMachine } from "./gate/machine.ts";
import { k6Of } from "./gate/prove.ts";
import { placesOf } from "./stack/layout.ts";
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
  const { rounds, write } = readArguments();
  const places = placesOf(root, process.env);
  const { signal } = interrupt;
  const k6 = await k6Of({ places, environment: process.env, screen, signal });
  const plan = { ...PLAN, rounds };
  await using _lock = await loadLock(screen, "npm run bench -- proxy")(signal);
  const folder = await mkdtemp(join(tmpdir(), "banyan-bench-"));
  try {
    screen.title("What does the proxy cost?");
    const progress = (label: string, ratio: number) => screen.progress("bench", ratio, label);
    const measured = await benchProxy(plan, {
      k6Path: k6.path,
      folder,
      environment: process.env,
      signal,
      progress,
    });
    const result: BenchResult = {
      ...plan,
      ...measured,
      machine: readMachine(k6.version),
      commit: await readCommit(root),
      date: new Date().toISOString(),
    };
    screen.table(HEAD, cellsOf(result.rows));
    for (const doubt of result.doubts) screen.warn(doubt);
    if (write) {
      const page = join(root, "docs", "performance.md");
      await writeFile(page, performancePage(result));
      screen.good(`wrote ${page}`);
    }
    screen.result(result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readArguments(): { rounds: number; write: boolean } {
  const usage = "usage: npm run bench -- proxy [--rounds N] [--write] [--json]";
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        write: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
      },
    });
    if (positionals.length !== 1 || positionals[0] !== "proxy")
      throw new Error("name what to measure: proxy");
    const rounds = values.rounds ?? String(PLAN.rounds);
    if (!/^[1-9]\d?$/.test(rounds)) throw new Error("--rounds takes a number from 1 to 99");
    return { rounds: Number(rounds), write: values.write };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BanyanError("BYN-CLI-002", `${why}; ${usage}`);
  }
}

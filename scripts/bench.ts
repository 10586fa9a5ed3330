// `npm run bench -- proxy|handover`: what the proxy costs, beside nothing at all and beside what people use today; and what
// it costs to own a slot, and to hand it over.
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { benchHandover, HANDOVER_PLAN, type HandoverResult } from "./bench/handover/handover-bench.ts";
import { handoverPart } from "./bench/handover/part.ts";
import { MOVE_HEAD, moveCellsOf, WRITE_HEAD, writeCellsOf } from "./bench/handover/table.ts";
import { PARTS, type Part, withPart } from "./bench/page.ts";
import { type BenchResult, benchProxy, PLAN } from "./bench/proxy-bench.ts";
import { proxyPart } from "./bench/proxy-part.ts";
import { cellsOf, HEAD } from "./bench/table.ts";
import { readCommit } from "./gate/commit.ts";
import { loadLock } from "./gate/load.ts";
import { readMachine } from "./gate/machine.ts";
import { k6Of } from "./gate/prove.ts";
import { removePostgres, startPostgres } from "./parts/postgres.ts";
import { placesOf } from "./stack/layout.ts";
import { freePort } from "./stack/port.ts";
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
  const { part, rounds, write } = readArguments();
  const folder = await mkdtemp(join(tmpdir(), "banyan-bench-"));
  try {
    const text = part === "proxy" ? await proxy(rounds, folder) : await handover(rounds, folder);
    if (!write) return;
    const page = join(root, "docs", "performance.md");
    await writeFile(page, withPart(await readFile(page, "utf8"), part, text));
    screen.good(`wrote ${page}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function proxy(rounds: number, folder: string): Promise<string> {
  const { signal } = interrupt;
  const environment = process.env;
  const k6 = await k6Of({ places: placesOf(root, environment), environment, screen, signal });
  const plan = { ...PLAN, rounds };
  await using _lock = await loadLock(screen, "npm run bench -- proxy")(signal);
  screen.title("What does the proxy cost?");
  const measured = await benchProxy(plan, { k6Path: k6.path, folder, environment, signal, progress });
  const result: BenchResult = { ...plan, ...measured, ...(await taken(k6.version)) };
  screen.table(HEAD, cellsOf(result.rows));
  for (const doubt of result.doubts) screen.warn(doubt);
  screen.result(result);
  return proxyPart(result);
}

async function handover(rounds: number, folder: string): Promise<string> {
  const { signal } = interrupt;
  const plan = { ...HANDOVER_PLAN, rounds };
  await using _lock = await loadLock(screen, "npm run bench -- handover")(signal);
  screen.title("What does it cost to own a slot, and to hand it over?");
  // As root the server runs as another user, who must be able to pass.
  await chmod(folder, 0o755);
  try {
    const server = await startPostgres({
      stateFolder: folder,
      port: await freePort(),
      password: randomBytes(12).toString("hex"),
      env: process.env,
      say: screen.say,
      signal,
    });
    const measured = await benchHandover(plan, { server, signal, progress });
    const result: HandoverResult = { ...plan, ...measured, ...(await taken(null)) };
    screen.table(WRITE_HEAD, writeCellsOf(result.writes));
    screen.table(MOVE_HEAD, moveCellsOf(result.moves));
    for (const doubt of result.doubts) screen.warn(doubt);
    screen.result(result);
    return handoverPart(result);
  } finally {
    await removePostgres(folder, process.env);
  }
}

function progress(label: string, ratio: number): void {
  screen.progress("bench", ratio, label);
}

async function taken(k6Version: string | null) {
  return {
    machine: readMachine(k6Version),
    commit: await readCommit(root),
    date: new Date().toISOString(),
  };
}

function readArguments(): { part: Part; rounds: number; write: boolean } {
  const usage = `usage: npm run bench -- ${PARTS.join("|")} [--rounds N] [--write] [--json]`;
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
    const [first, ...more] = positionals;
    const part = PARTS.find((name) => name === first);
    if (part === undefined || more.length > 0) throw new Error(`name what to measure: ${PARTS.join(" or ")}`);
    const rounds = values.rounds ?? String(PLAN.rounds);
    if (!/^[1-9]\d?$/.test(rounds)) throw new Error("--rounds takes a number from 1 to 99");
    return { part, rounds: Number(rounds), write: values.write };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BanyanError("BYN-CLI-002", `${why}; ${usage}`);
  }
}

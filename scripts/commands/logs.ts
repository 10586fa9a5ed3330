import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { CommandContext } from "./context.ts";
import { keeper, type Wanted } from "./logs/keep.ts";
import { jsonOf, LEVELS, type LevelName, type LogLine } from "./logs/line.ts";
import { mergeByTime } from "./logs/merge.ts";
import { loggedProcesses, ProcessLog } from "./logs/process-log.ts";
import { wordsOf } from "./logs/words.ts";

export interface LogsOptions {
  readonly requestId?: string | undefined;
  readonly follow: boolean;
  /** A moment, or that long ago; without it (and without a request) the last lines are shown. */
  readonly sinceMs?: number | undefined;
  readonly level?: LevelName | undefined;
}

const LAST_LINES = 200;
const LOOK_MS = 200;

/** The logs of the stack's processes as one, in the order of time. They are read in pieces, whatever their size. */
export async function logsCommand(
  context: CommandContext,
  name: string | undefined,
  options: LogsOptions,
): Promise<void> {
  const { places, screen, signal } = context;
  const folder = join(places.home, "logs");
  const known = await loggedProcesses(folder);
  if (known.length === 0) throw new BanyanError("BYN-CLI-017", `there is no log in ${folder}`);
  if (name !== undefined && !known.includes(name))
    throw new BanyanError("BYN-CLI-017", `no process ${name} has a log; there are: ${known.join(", ")}`);

  const wanted: Wanted = {
    level: options.level === undefined ? 0 : LEVELS[options.level],
    sinceMs: options.sinceMs ?? Number.NEGATIVE_INFINITY,
    requestId: options.requestId,
  };
  const logs = new Map<string, ProcessLog>();
  const take = (processes: readonly string[]) => {
    for (const each of processes)
      if (!logs.has(each)) logs.set(each, new ProcessLog(folder, each, keeper(wanted)));
  };
  take(name === undefined ? known : [name]);
  const printer = printerOf(screen.json);
  try {
    const all = mergeByTime([...logs.values()].map((log) => log.all(options.follow)));
    const isWhole = options.requestId !== undefined || options.sinceMs !== undefined;
    if (isWhole) {
      const count = await printAll(all);
      if (count === 0 && options.requestId !== undefined && !options.follow)
        printer.note(
          `no line names the request ${options.requestId}; lines are written within a second or so`,
        );
    } else {
      const { lines, leftOut } = await lastOf(all, LAST_LINES, signal);
      if (leftOut > 0)
        printer.note(`${leftOut} earlier lines are left out; --since 1h shows those of an hour`);
      for (const line of lines) await printer.print(line, [...logs.keys()]);
    }
    while (options.follow && !signal.aborted && !printer.isClosed()) {
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
      if (name === undefined) take(await loggedProcesses(folder));
      await printAll(mergeByTime([...logs.values()].map((log) => log.more())));
    }
    // Ctrl-C is how one leaves `--follow`; of anything else it leaves a part undone.
    if (!options.follow) signal.throwIfAborted();
  } finally {
    for (const log of logs.values()) await log.close();
    printer.close();
  }

  async function printAll(lines: AsyncIterable<LogLine>): Promise<number> {
    let count = 0;
    for await (const line of lines) {
      if (signal.aborted || printer.isClosed()) break;
      await printer.print(line, [...logs.keys()]);
      count++;
    }
    return count;
  }
}

async function lastOf(lines: AsyncIterable<LogLine>, count: number, signal: AbortSignal) {
  const ring: LogLine[] = [];
  let seen = 0;
  for await (const line of lines) {
    if (signal.aborted) break;
    ring[seen++ % count] = line;
  }
  const from = seen > count ? seen % count : 0;
  return { lines: [...ring.slice(from), ...ring.slice(0, from)], leftOut: seen - ring.length };
}

/** Standard output at the reader's pace; a reader that goes away (`| head`) ends it without a word. */
function printerOf(json: boolean) {
  const out = process.stdout;
  let closed = false;
  const gone = () => {
    closed = true;
  };
  out.on("error", gone);
  return {
    isClosed: () => closed,
    close: () => void out.off("error", gone),
    note: (text: string) => void process.stderr.write(`${text}\n`),
    async print(line: LogLine, processes: readonly string[]): Promise<void> {
      if (closed) return;
      const today = new Date().toISOString().slice(0, 10);
      const ready = out.write(`${json ? jsonOf(line) : wordsOf(line, processes, today)}\n`);
      if (!ready && !closed) await drained(out);
    },
  };
}

/** Resolves too when nobody reads any more. */
function drained(out: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "close", "error"] as const;
    const done = () => {
      for (const event of events) out.off(event, done);
      resolve();
    };
    for (const event of events) out.on(event, done);
  });
}

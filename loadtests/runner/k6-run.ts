import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CsvReader, type CsvRow } from "./csv.ts";
import { endedEarly, type K6Process, startK6 } from "./k6-process.ts";

export interface K6Run {
  readonly k6Path: string;
  readonly script: string;
  /** An existing folder; k6's files live in a folder of their own in it, for as long as the run. */
  readonly folder: string;
  /** Environment variable → what the file that it names holds. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Environment variable → its own value; may hold secrets. */
  readonly variables: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  readonly onRow: (row: CsvRow) => void;
  /** Called once when k6 runs. */
  readonly onStart?: (pid: number) => void;
  /** Asked some times a second; when it says so, k6 is stopped and the run is over. */
  readonly isOver?: () => boolean;
  readonly signal?: AbortSignal;
}

const TICK_MS = 100;

/**
 * Runs a scenario to its end and hands its samples over as they come. Nothing is left behind, but k6's log when it ended
 * by itself. Throws BYN-EVIDENCE-058 … -060 and -064 (k6), -061 (aborted), -065 (secrets too long) and what `onRow` throws.
 */
export async function runK6(run: K6Run): Promise<void> {
  const home = join(run.folder, `k6-${process.pid}-${performance.now().toFixed(0)}`);
  const logPath = `${home}.log`;
  const log = await open(logPath, "wx").catch(diskFailed(logPath));
  const reader = new CsvReader(run.metrics);
  let failure: unknown;
  let k6: K6Process | undefined;
  let keepsLog = false;
  try {
    run.signal?.throwIfAborted();
    const variables = await writeFiles(home, run).catch(diskFailed(home));
    k6 = await startK6({
      k6Path: run.k6Path,
      script: run.script,
      home,
      variables,
      logFd: log.fd,
      onOutput: (chunk) => {
        if (failure !== undefined) return;
        try {
          for (const { row } of reader.read(chunk)) run.onRow(row);
        } catch (error) {
          failure = error;
        }
      },
    });
    run.onStart?.(k6.pid);
    const how = await ended(k6, run, () => failure !== undefined);
    if (failure !== undefined) throw failure;
    if (how !== undefined && how.code !== 0) {
      keepsLog = true;
      throw endedEarly(how, logPath);
    }
  } catch (error) {
    if (!run.signal?.aborted) throw error;
    throw new BanyanError("BYN-EVIDENCE-061", "k6 is stopped and nothing was stored", { cause: error });
  } finally {
    await k6?.stop();
    await log.close();
    await rm(home, { recursive: true, force: true });
    if (!keepsLog) await rm(logPath, { force: true });
  }
}

/** How k6 ended; undefined when the run was over before. */
async function ended(k6: K6Process, { isOver, signal }: K6Run, failed: () => boolean) {
  let how: Awaited<K6Process["ended"]> | undefined;
  const end = k6.ended.then((found) => {
    how = found;
  });
  while (how === undefined) {
    signal?.throwIfAborted();
    if (failed() || isOver?.() === true) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const tick = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TICK_MS);
    });
    await Promise.race([end, tick]);
    clearTimeout(timer);
  }
  return how;
}

/** Linux gives one variable at most 128 KiB (MAX_ARG_STRLEN). */
const MAX_VARIABLE_BYTES = 120 * 1024;

async function writeFiles(home: string, { files, variables }: K6Run): Promise<Record<string, string>> {
  for (const value of Object.values(variables)) {
    if (Buffer.byteLength(value) > MAX_VARIABLE_BYTES) {
      throw new BanyanError("BYN-EVIDENCE-065", `they take more than ${MAX_VARIABLE_BYTES} bytes`);
    }
  }
  await mkdir(home, { mode: 0o700 });
  const named: Record<string, string> = { ...variables };
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, `${name.toLowerCase()}.json`);
    await writeFile(path, JSON.stringify(content), { mode: 0o600, flag: "wx" });
    named[name] = path;
  }
  return named;
}

function diskFailed(path: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof BanyanError) throw cause;
    throw new BanyanError("BYN-EVIDENCE-066", `${path} could not be written`, { cause });
  };
}

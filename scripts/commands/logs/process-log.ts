import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LogFile } from "./file.ts";
import { type LogLine, readLine } from "./line.ts";

const LOG_FILE = /^([a-z0-9][a-z0-9-]*)\.log(?:\.previous)?$/;

/** The processes that have a log in `.banyan/logs`, sorted. */
export async function loggedProcesses(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return [...new Set(files.flatMap((file) => LOG_FILE.exec(file)?.[1] ?? []))].sort();
}

/** The log of one process: that of its run before this one (`.previous`), then this run's, then what is still written. */
export class ProcessLog {
  readonly #process: string;
  readonly #path: string;
  readonly #keep: (line: LogLine) => boolean;
  /** For lines without a time at the beginning of a file: when that was made. Undefined after the first with one. */
  #startMs: number | undefined;
  #file: LogFile | null = null;

  /** @param keep a filter of its own: it knows the line before */
  constructor(folder: string, process: string, keep: (line: LogLine) => boolean) {
    this.#process = process;
    this.#path = join(folder, `${process}.log`);
    this.#keep = keep;
  }

  /** All that is there now. Half a line at the end is given too, unless its other half is waited for. */
  async *all(waits: boolean): AsyncGenerator<readonly LogLine[]> {
    const previous = await LogFile.open(`${this.#path}.previous`);
    if (previous !== null) {
      try {
        this.#startMs = await previous.madeAtMs();
        yield* this.#read(previous);
        yield this.#kept(previous.rest());
      } finally {
        await previous.close();
      }
    }
    this.#file = await LogFile.open(this.#path);
    if (this.#file === null) return;
    this.#startMs = await this.#file.madeAtMs();
    yield* this.#read(this.#file);
    if (!waits) yield this.#kept(this.#file.rest());
  }

  /** What has come since; a restarted process' new file is taken up once the old one is read to its end. */
  async *more(): AsyncGenerator<readonly LogLine[]> {
    if (this.#file !== null) {
      const over = await this.#file.isOver();
      yield* this.#read(this.#file);
      if (!over) return;
      yield this.#kept(this.#file.rest());
      await this.close();
    }
    this.#file = await LogFile.open(this.#path);
    if (this.#file === null) return;
    this.#startMs = await this.#file.madeAtMs();
    yield* this.#read(this.#file);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async *#read(file: LogFile): AsyncGenerator<readonly LogLine[]> {
    for await (const lines of file.lines()) yield this.#kept(lines);
  }

  #kept(lines: readonly string[]): readonly LogLine[] {
    return lines.map((line) => this.#timed(readLine(this.#process, line))).filter(this.#keep);
  }

  #timed(line: LogLine): LogLine {
    if (this.#startMs === undefined) return line;
    if (line.timeMs === undefined) return { ...line, timeMs: this.#startMs };
    this.#startMs = undefined;
    return line;
  }
}

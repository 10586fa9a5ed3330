import { type FileHandle, open, stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

const CHUNK_BYTES = 65_536;
/** A line longer than this is handed over in pieces: something that writes no line ends must not fill the memory. */
const LONGEST = 1_048_576;

/** One log file, read in pieces, from its beginning to where its writer is now, and on from there when asked again. */
export class LogFile {
  readonly path: string;
  #handle: FileHandle;
  #offset = 0;
  #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Null when there is no such file. */
  static async open(path: string): Promise<LogFile | null> {
    try {
      return new LogFile(path, await open(path, "r"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** The whole lines that have come since the last call, a chunk of the file at a time. */
  async *lines(): AsyncGenerator<readonly string[]> {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      const parts = (this.#rest + this.#decoder.write(chunk.subarray(0, bytesRead))).split(/\r?\n/);
      this.#rest = parts.pop() ?? "";
      if (this.#rest.length > LONGEST) parts.push(...this.rest());
      if (parts.length > 0) yield parts;
    }
  }

  /** When it was made, which is when its process started. Undefined where the file system doesn't keep that. */
  async madeAtMs(): Promise<number | undefined> {
    const { birthtimeMs } = await this.#handle.stat();
    return birthtimeMs > 0 ? birthtimeMs : undefined;
  }

  /** What stands after the last line end, as a line, and forgets it. */
  rest(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }

  /** Whether another file stands at its path by now, none, or this one was emptied: then nothing more comes from here. */
  async isOver(): Promise<boolean> {
    const [mine, now] = await Promise.all([this.#handle.stat(), stat(this.path).catch(() => null)]);
    return now === null || now.ino !== mine.ino || now.dev !== mine.dev || mine.size < this.#offset;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

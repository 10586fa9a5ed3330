import { createWriteStream } from "node:fs";
import { createGzip } from "node:zlib";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** The rows of k6 that a verdict rests on, compressed as they come. */
export interface RawFile {
  write(line: string): void;
  /** Resolves when all is on the disk. Throws BYN-EVIDENCE-066. */
  close(): Promise<void>;
  /** Gives the file up; when it resolves, what was written is the caller's to remove. */
  abandon(): Promise<void>;
  /** Set as soon as writing failed, so that a run need not go on for nothing. */
  readonly failure: BanyanError | undefined;
}

/** Makes a new gzip file; one that exists is not written over. */
export function createRawFile(path: string): RawFile {
  const file = createWriteStream(path, { flags: "wx", mode: 0o644, flush: true });
  const gzip = createGzip({ level: 6 });
  let failure: BanyanError | undefined;
  const done = new Promise<void>((resolve) => {
    const failed = (cause: Error) => {
      failure ??= new BanyanError("BYN-EVIDENCE-066", `${path} could not be written`, { cause });
      resolve();
    };
    file.once("close", resolve);
    file.on("error", failed);
    gzip.on("error", failed);
  });
  gzip.pipe(file);
  return {
    write: (line) => {
      if (failure === undefined) gzip.write(`${line}\n`);
    },
    close: async () => {
      if (failure === undefined) gzip.end();
      await done;
      if (failure !== undefined) throw failure;
    },
    abandon: async () => {
      gzip.destroy();
      file.destroy();
      await done;
    },
    get failure() {
      return failure;
    },
  };
}

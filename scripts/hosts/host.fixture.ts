import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A line of a process's log, as far as it is read. */
export interface Line {
  readonly port?: number;
  readonly base?: string;
  readonly msg?: string;
}

export interface Host {
  readonly child: ChildProcess;
  /** Resolves with the first line of which `what` is true; rejects when the process ends before. */
  said(what: (line: Line) => boolean): Promise<Line>;
  /** Asks it to end; answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a host of this folder, or what a path from here names, as a process with this environment and nothing else. */
export function startHost(
  name: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Host {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number | null]>;
  const reader = createInterface({ input: child.stdout });
  const lines: Line[] = [];
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  return {
    child,
    said: async (what) => {
      for (;;) {
        const found = lines.find(what);
        if (found !== undefined) return found;
        await Promise.race([
          once(reader, "line"),
          exit.then(() => Promise.reject(new Error(JSON.stringify(lines)))),
        ]);
      }
    },
    stop: async () => {
      child.kill("SIGTERM");
      return (await exit)[0];
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

export type Line = Readonly<Record<string, unknown>>;

export interface Started {
  readonly port: number;
  /** Everything that it logged so far. */
  readonly lines: readonly Line[];
  reload(): void;
  /** Stops it with SIGTERM; its exit code, and what it wrote on standard error. */
  stop(): Promise<{ readonly code: number | null; readonly errors: string }>;
  kill(): Promise<void>;
}

/** Starts one of the project's processes as it is run, with nothing in its environment but `environment`; waits until it listens. */
export async function startProcess(
  file: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<Started> {
  const child: ChildProcess = spawn(process.execPath, [...nodeArgs, join(ROOT, file), ...args], {
    env: { PATH: process.env.PATH, LOG_LEVEL: "info", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.stdout === null || child.stderr === null) throw new Error("no output");
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines: Line[] = [];
  const exit = once(child, "close");
  const reader = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    reader.on("line", (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (typeof line.port === "number") resolve(line.port);
    });
    exit.then(() => reject(new Error(`${file} ended: ${JSON.stringify(lines)} ${errors}`)), reject);
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exit;
  };
  return {
    port,
    lines,
    reload: () => child.kill("SIGHUP"),
    stop: async () => {
      await end("SIGTERM");
      return { code: child.exitCode, errors };
    },
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) await end("SIGKILL");
    },
  };
}

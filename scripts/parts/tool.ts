import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** Names and values for a child; `undefined` means not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The user that a child runs as, when it is not ours. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface ToolOptions {
  readonly env: Environment;
  readonly cwd?: string;
  readonly as?: RunAs;
  /** Ends the tool (SIGTERM) and makes `runTool` reject with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each line that the tool prints, on either stream. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. It stays in our process group, so Ctrl-C in a terminal reaches it too.
 * A code other than 0 is a result, not an error.
 * @throws BYN-PARTS-014 when the program can't be started.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    ...options.as,
  });
  const kept = { stdout: [] as string[], stderr: [] as string[] };
  for (const name of ["stdout", "stderr"] as const) {
    createInterface({ input: child[name] }).on("line", (line) => {
      kept[name].push(line);
      options.onLine?.(line);
    });
  }
  const stop = () => child.kill("SIGTERM");
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    options.signal?.throwIfAborted();
    return { code, stdout: kept.stdout.join("\n"), stderr: kept.stderr.join("\n") };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new BanyanError("BYN-PARTS-014", `${command} can't be started: ${reasonOf(cause)}.`, { cause });
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** The first file of that name on the PATH that may be executed, or null. */
export async function findOnPath(name: string, env: Environment): Promise<string | null> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (await mayExecute(path)) return path;
  }
  return null;
}

export async function mayExecute(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What went wrong, in the system's own words (`ENOENT …`). */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { identify } from "../stack/process-identity.ts";

/** What `postmaster.pid` says of a running server (Postgres source, `miscadmin.h`: LOCK_FILE_LINE_*). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly state: "starting" | "ready" | "stopping";
}

/** Null when the text is not whole: the server writes it line by line while it starts. */
export function parsePostmaster(text: string): Postmaster | null {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return null;
  const status = lines[7] ?? "";
  const state = status === "ready" || status === "stopping" ? status : "starting";
  return { pid, port, state };
}

/**
 * The server that runs on a data folder, or null. The file alone proves nothing: after a kill it stays, and its
 * pid may be another process by now. A server's working folder is its data folder, which Linux tells.
 */
export async function findPostmaster(dataDir: string): Promise<Postmaster | null> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const found = parsePostmaster(text);
  if (found === null || (await identify(found.pid)) === null) return null;
  if (process.platform !== "linux") return found;
  const workingFolder = await readlink(`/proc/${found.pid}/cwd`).catch(() => null);
  return workingFolder === (await realpath(dataDir)) ? found : null;
}

/**
 * Removes a `postmaster.pid` that a kill, or a copy of the folder, left. Postgres itself refuses to start while its
 * pid is alive, even as a stranger's. Safe only if no process works in the data folder, a server's children
 * included; so it is done on Linux alone, which can tell.
 */
export async function clearLeftLock(dataDir: string): Promise<void> {
  if (process.platform !== "linux") return;
  const folder = await realpath(dataDir);
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  if (!folders.includes(folder)) await rm(join(folder, "postmaster.pid"), { force: true });
}

import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { acquireLock } from "@banyan/platform/records/file-lock.ts";
import type { Say } from "./say.ts";
import { type Environment, reasonOf } from "./tool.ts";

/**
 * Where everything that is fetched lives: `$XDG_CACHE_HOME/banyan`, else `~/.cache/banyan`. A relative value counts
 * as unset (XDG Base Directory Specification).
 */
export function cacheFolder(env: Environment): string {
  const base = env.XDG_CACHE_HOME;
  if (base !== undefined && isAbsolute(base)) return join(base, "banyan");
  return join(env.HOME ?? homedir(), ".cache", "banyan");
}

export interface CacheEntry {
  readonly folder: string;
  /** The entry's name; another version is another key. */
  readonly key: string;
  /** For whoever waits: `installing Unleash 8.2.0`. */
  readonly purpose: string;
  /** Makes the entry, whole, at the path that it is given (in an existing folder). */
  readonly make: (path: string) => Promise<void>;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The path of an entry, made now if it is not there. It appears whole or not at all: made beside its place and
 * renamed, by one process at a time; what a stopped process had half made goes at the next making.
 * @throws BYN-PARTS-013 when the folder can't be written, and whatever `make` throws.
 */
export async function fromCache(entry: CacheEntry): Promise<string> {
  const path = join(entry.folder, entry.key);
  if (await exists(path)) return path;
  await makeFolder(entry.folder);
  const lock = await acquireLock(join(entry.folder, `${entry.key}.lock`), {
    purpose: entry.purpose,
    onWait: (holder) => entry.say(`waiting for process ${holder.pid}, which is ${holder.purpose}`),
    ...(entry.signal === undefined ? {} : { signal: entry.signal }),
  });
  try {
    if (await exists(path)) return path;
    await sweep(entry.folder, entry.key);
    const draft = join(entry.folder, `${entry.key}.making-${process.pid}`);
    try {
      await entry.make(draft);
      await rename(draft, path);
      return path;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } finally {
    await lock.release();
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new BanyanError("BYN-PARTS-013", `${folder} can't be made: ${reasonOf(cause)}.`, { cause });
  }
}

/** Only the lock's holder makes, so any draft that is found was left by a process that was stopped. */
async function sweep(folder: string, key: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${key}.making-`)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

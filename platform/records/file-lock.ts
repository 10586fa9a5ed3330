import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import * as z from "zod";
import { removeQuietly, writeNewFile } from "./durable.ts";
import { livenessOf, thisProcess } from "./process-identity.ts";
import { storageError, systemCode } from "./storage-error.ts";

const POLL_MS = 100;

const holderSchema = z.strictObject({
  /** One taking of the lock; never the same twice. */
  token: z.uuid(),
  pid: z.int(),
  started: z.string(),
  realm: z.string(),
  /** What for, in words that may be shown to others: no secrets. */
  purpose: z.string(),
  since: z.iso.datetime(),
});
export type LockHolder = z.infer<typeof holderSchema>;

export interface LockOptions {
  /** What the lock is taken for, e.g. `banyan next catalog`; whoever waits is shown it. */
  readonly purpose: string;
  /** How long to wait for another holder; 0 asks once. Waits for ever if left out. */
  readonly waitMs?: number;
  /** Called when there is a wait, and again each time that the holder changed. */
  readonly onWait?: (holder: LockHolder) => void;
  readonly signal?: AbortSignal;
}

export interface FileLock extends AsyncDisposable {
  readonly holder: LockHolder;
  release(): Promise<void>;
}

/**
 * Takes a lock that survives the death of its holders. Node has no flock(2), so it is a file with its holder's pid
 * and start time in it: created whole or not at all by link(2), and taken over when that very process is dead.
 *
 * Only one of many waiters may take over, and none may mistake the next holder's file for the dead one's: who takes
 * over first holds a lock named after the dead holder's token (the same kind, so a death there is survived too),
 * looks again, and then renames its own file over the dead one. A live holder's file is touched by nobody else.
 *
 * @param path the lock file; the folder is made
 * @throws BanyanError BYN-EVIDENCE-028 when still held after `waitMs`, naming the holder;
 *   BYN-EVIDENCE-029 when the file is no lock, or can't be written; BYN-EVIDENCE-022 when the disk is full
 */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  const { waitMs = Number.POSITIVE_INFINITY, onWait, signal } = options;
  const giveUpAt = performance.now() + waitMs;
  const mine = newHolder(options.purpose);
  const ready = `${path}.${mine.token}`;
  let shownToken = "";
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeNewFile(ready, `${JSON.stringify(mine)}\n`);
    while (true) {
      signal?.throwIfAborted();
      if (await created(ready, path)) break;
      const holder = await holderOf(path);
      if (holder === null) continue;
      if (livenessOf(holder) === "dead") {
        const left = { ...options, waitMs: Math.max(0, giveUpAt - performance.now()) };
        if (await takenOver(path, ready, holder, left)) break;
        continue;
      }
      if (performance.now() >= giveUpAt) throw heldBy(holder, path);
      if (holder.token !== shownToken) onWait?.(holder);
      shownToken = holder.token;
      await pause(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw storageError(error, "BYN-EVIDENCE-029", `taking the lock ${path}`);
  } finally {
    await removeQuietly(ready);
  }
  await sweep(path).catch(() => undefined);
  const release = async (): Promise<void> => {
    // Ours while we live, so reading first is no race; a second release finds somebody else's file.
    if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
  };
  return { holder: mine, release, [Symbol.asyncDispose]: release };
}

/** Who holds a lock now; null if nobody does (or its holder is dead). */
export async function lockHolder(path: string): Promise<LockHolder | null> {
  const holder = await holderOf(path);
  return holder === null || livenessOf(holder) === "dead" ? null : holder;
}

async function created(ready: string, path: string): Promise<boolean> {
  try {
    await link(ready, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function takenOver(
  path: string,
  ready: string,
  dead: LockHolder,
  options: LockOptions,
): Promise<boolean> {
  const { purpose, signal } = options;
  const breaking = await acquireLock(`${path}.${dead.token}.over`, {
    purpose,
    ...(signal ? { signal } : {}),
  });
  try {
    if ((await holderOf(path))?.token !== dead.token) return false;
    await rename(ready, path);
    return true;
  } finally {
    await breaking.release();
  }
}

/**
 * Removes what waiters that were killed left beside the lock. Its holder may: the tokens in those names are
 * not the present one, and whoever holds such an `.over` lock looks again before it acts. Best effort: leavings
 * do no harm, and in a shared folder they may not be ours to remove.
 */
async function sweep(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(folder, name);
    const holder = await holderOf(left).catch(() => null);
    if (holder === null || livenessOf(holder) !== "dead") continue;
    await rm(left, { force: true });
  }
}

async function holderOf(path: string): Promise<LockHolder | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new BanyanError("BYN-EVIDENCE-029", `${path} is there, but no lock of Banyan.`, { cause });
  }
}

function newHolder(purpose: string): LockHolder {
  return { token: randomUUID(), ...thisProcess(), purpose, since: new Date().toISOString() };
}

function heldBy(holder: LockHolder, path: string): BanyanError {
  const { purpose, pid, since } = holder;
  return new BanyanError("BYN-EVIDENCE-028", `"${purpose}" (process ${pid}, since ${since}) holds ${path}.`);
}

import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { sha256 } from "@banyan/evidence/bundle/sha256.ts";
import {
  appendEntry,
  hashOfEntry,
  type LedgerEntry,
  lineOf,
  type NewEntry,
} from "@banyan/evidence/ledger/entry.ts";
import {
  type LedgerHead,
  type LedgerReading,
  readLine,
  splitLedger,
  verifyLedger,
} from "@banyan/evidence/ledger/verify.ts";
import { syncFolder, writeAll, writeNewFile } from "./durable.ts";
import { acquireLock, type LockOptions } from "./file-lock.ts";
import { storageError, systemCode } from "./storage-error.ts";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

export interface Appended {
  readonly entry: LedgerEntry;
  /** Set when half a line from a crash was moved aside first; the ledger has a note of it. */
  readonly repaired: { readonly movedTo: string; readonly bytes: number } | null;
}

/**
 * Reads and verifies a ledger; no file is an empty ledger. `tornBytes` is what stands after the last newline: half a
 * line from a crash, or another process in the middle of an append. The next append moves it aside.
 *
 * @throws BanyanError BYN-EVIDENCE-021 when the file can't be read
 */
export async function readLedger(
  path: string,
  knownHead: LedgerHead | null = null,
): Promise<LedgerReading & { readonly tornBytes: number }> {
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw storageError(error, "BYN-EVIDENCE-021", `reading ${path}`);
  }
  const { lines, torn } = splitLedger(text);
  return { ...verifyLedger(lines, knownHead), tornBytes: Buffer.byteLength(torn) };
}

/** @throws BanyanError BYN-EVIDENCE-020 naming the first broken entry */
export function requireWhole(reading: LedgerReading): readonly LedgerEntry[] {
  if (reading.ok) return reading.entries;
  throw new BanyanError("BYN-EVIDENCE-020", reading.broken.text);
}

/**
 * Appends one entry, under the ledger's lock, and returns when it is on the disk. Only the last entry is checked
 * before: a break further up must not keep a rollback from being written down, and every reader finds it anyway.
 *
 * @throws BanyanError BYN-EVIDENCE-020 (the last line is no valid entry), -021, -022 (disk full: the ledger is as
 *   it was), -028, -029
 */
export async function appendToLedger(
  path: string,
  entry: NewEntry,
  lock: Partial<LockOptions> = {},
): Promise<Appended> {
  await using _held = await acquireLock(`${path}.lock`, { purpose: "writing the ledger", ...lock });
  try {
    const handle = await open(path, "a+");
    try {
      const size = (await handle.stat()).size;
      if (size === 0) await syncFolder(dirname(path));
      return await appendUnderLock(path, handle, size, entry);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw storageError(error, "BYN-EVIDENCE-021", `writing ${path}`);
  }
}

async function appendUnderLock(
  path: string,
  handle: FileHandle,
  size: number,
  entry: NewEntry,
): Promise<Appended> {
  const tail = await readTail(handle, size);
  let last = lastEntry(tail.line);
  const repaired = tail.torn.length === 0 ? null : await moveAside(path, handle, size, tail.torn);
  if (repaired !== null) {
    const text =
      `Half a line of ${repaired.bytes} bytes stood at the end, from a crash; it was moved to ` +
      `${basename(repaired.movedTo)} (sha256 ${sha256(tail.torn)}).`;
    last = await writeEntry(handle, last, { at: entry.at, kind: "note", body: { capability: null, text } });
  }
  return { entry: await writeEntry(handle, last, entry), repaired };
}

async function writeEntry(
  handle: FileHandle,
  last: LedgerEntry | null,
  next: NewEntry,
): Promise<LedgerEntry> {
  const entry = appendEntry(last, next);
  const before = (await handle.stat()).size;
  try {
    await writeAll(handle, Buffer.from(`${lineOf(entry)}\n`));
    await handle.sync();
  } catch (error) {
    // If this fails too, half a line stays, and the next append moves it aside.
    await handle.truncate(before).catch(() => undefined);
    throw error;
  }
  return entry;
}

async function moveAside(
  path: string,
  handle: FileHandle,
  size: number,
  torn: Uint8Array,
): Promise<{ movedTo: string; bytes: number }> {
  const movedTo = join(dirname(path), `${basename(path)}.torn-${sha256(torn).slice(0, 12)}`);
  // The same half line may have been saved by an append that died right here.
  await rm(movedTo, { force: true });
  await writeNewFile(movedTo, torn);
  await syncFolder(dirname(path));
  await handle.truncate(size - torn.length);
  await handle.sync();
  return { movedTo, bytes: torn.length };
}

/** The last whole line, and the bytes after it. */
async function readTail(
  handle: FileHandle,
  size: number,
): Promise<{ line: string | null; torn: Uint8Array }> {
  let tail: Buffer = Buffer.alloc(0);
  let from = size;
  while (true) {
    const lineEnd = tail.lastIndexOf(NEWLINE);
    const lineStart = lineEnd <= 0 ? -1 : tail.lastIndexOf(NEWLINE, lineEnd - 1);
    if (lineStart >= 0 || from === 0) {
      const line = lineEnd < 0 ? null : tail.subarray(lineStart + 1, lineEnd).toString("utf8");
      return { line, torn: tail.subarray(lineEnd + 1) };
    }
    const bytes = Math.min(CHUNK_BYTES, from);
    from -= bytes;
    const chunk = Buffer.alloc(bytes);
    await handle.read(chunk, 0, bytes, from);
    tail = Buffer.concat([chunk, tail]);
  }
}

function lastEntry(line: string | null): LedgerEntry | null {
  if (line === null) return null;
  const entry = readLine(line);
  if (entry !== null && entry.hash === hashOfEntry(entry)) return entry;
  throw new BanyanError(
    "BYN-EVIDENCE-020",
    "The last line of the ledger is no valid entry, so nothing can follow it.",
  );
}

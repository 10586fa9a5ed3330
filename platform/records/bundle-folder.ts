import { chmod, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  BUNDLE_FILE,
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type Bundle,
  type BundleDraft,
  bundleFileSchema,
  evidenceIdSchema,
} from "@banyan/evidence/bundle/bundle.ts";
import { bundleHash, bundleText, checkedBundle, parseBundle } from "@banyan/evidence/bundle/bundle-text.ts";
import { evidenceId } from "@banyan/evidence/bundle/evidence-id.ts";
import type { BundleReading } from "@banyan/evidence/ledger/verify-bundles.ts";
import { fileHash, refuseSecret, scannedFile, scrubLog } from "./bundle-scan.ts";
import { removeQuietly, syncFolder, writeNewFile } from "./durable.ts";
import { acquireLock, lockHolder } from "./file-lock.ts";
import { storageError, systemCode } from "./storage-error.ts";

const INCOMPLETE = ".incomplete-";

export interface SealedBundle {
  readonly bundle: Bundle;
  /** For the ledger. */
  readonly hash: string;
  readonly folder: string;
}

/** A bundle in the making: put raw files into `folder`, then seal or discard it. */
export interface OpenBundle {
  readonly id: string;
  /** Beside the place where it will be; readers don't see it. Plain files only. */
  readonly folder: string;
  seal(draft: BundleDraft): Promise<SealedBundle>;
  discard(): Promise<void>;
}

/**
 * Opens a bundle under `root` (`.banyan/evidence`). Sealing scrubs logs, refuses secrets, hashes every file, writes
 * bundle.json, and only then, all of it on the disk, gives the folder its name; when anything fails nothing stays.
 *
 * @param secrets values of this install that must be in no bundle: override key, tokens, passwords
 * @throws BanyanError BYN-EVIDENCE-022, -023; sealing also -025 (the draft) and -027 (a secret)
 */
export async function openBundle(
  root: string,
  with_: { readonly nowMs: number; readonly random: Uint8Array; readonly secrets: readonly string[] },
): Promise<OpenBundle> {
  const { nowMs, random, secrets } = with_;
  const id = evidenceId(nowMs, random);
  const folder = join(root, `${INCOMPLETE}${id}`);
  // Tells a run in progress from what a killed one left behind (`sweepIncomplete`).
  const lock = await acquireLock(`${folder}.lock`, { purpose: `gathering evidence ${id}`, waitMs: 0 });
  const discard = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await lock.release();
  };
  const orDiscard = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await removeQuietly(folder);
      await lock.release().catch(() => undefined);
      throw storageError(error, "BYN-EVIDENCE-023", doing);
    }
  };
  await orDiscard(`making ${folder}`, () => mkdir(folder));
  const seal = (draft: BundleDraft): Promise<SealedBundle> =>
    orDiscard(`sealing the bundle ${id}`, async () => {
      const files = [];
      for (const name of await plainFiles(folder)) {
        await scrubLog(folder, name, secrets);
        files.push(await scannedFile(folder, name, secrets));
      }
      const whole = { ...draft, format: BUNDLE_FORMAT, version: BUNDLE_VERSION, id, files };
      const bundle = checkedBundle(whole, BUNDLE_FILE);
      const text = bundleText(bundle);
      refuseSecret(text, BUNDLE_FILE, secrets);
      await writeNewFile(join(folder, BUNDLE_FILE), text);
      for (const name of [...files.map((file) => file.name), BUNDLE_FILE]) await harden(join(folder, name));
      await syncFolder(folder);
      const sealed = join(root, id);
      await rename(folder, sealed);
      await syncFolder(root);
      await lock.release();
      return { bundle, hash: bundleHash(bundle), folder: sealed };
    });
  return { id, folder, seal, discard };
}

/** What the disk says of a sealed bundle: every file is hashed again. */
export async function readBundle(root: string, id: string): Promise<BundleReading> {
  const missing = { found: false, why: "missing", text: `There is no bundle ${id} in ${root}.` } as const;
  if (!evidenceIdSchema.safeParse(id).success) return missing;
  const folder = join(root, id);
  let text: string;
  try {
    text = await readFile(join(folder, BUNDLE_FILE), "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return missing;
    return { found: false, why: "unreadable", text: `Bundle ${id} can't be read (${systemCode(error)}).` };
  }
  let bundle: Bundle;
  try {
    bundle = parseBundle(text, join(folder, BUNDLE_FILE));
  } catch (error) {
    if (!(error instanceof BanyanError)) throw error;
    return { found: false, why: "unreadable", text: error.detail };
  }
  return { found: true, bundle, changedFiles: await changedFiles(folder, bundle) };
}

/** Ids of the sealed bundles, oldest first. */
export async function listBundles(root: string): Promise<string[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw storageError(error, "BYN-EVIDENCE-025", `reading ${root}`);
  });
  return names.filter((name) => evidenceIdSchema.safeParse(name).success).sort();
}

/** Removes what runs that were killed had gathered; those still running keep theirs. Returns the ids removed. */
export async function sweepIncomplete(root: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(root).catch(() => [])) {
    const id = name.slice(INCOMPLETE.length);
    if (!name.startsWith(INCOMPLETE) || !evidenceIdSchema.safeParse(id).success) continue;
    const folder = join(root, name);
    if ((await lockHolder(`${folder}.lock`)) !== null) continue;
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}.lock`, { force: true });
    removed.push(id);
  }
  return removed;
}

async function plainFiles(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  for (const file of found) {
    if (file.isFile() && bundleFileSchema.shape.name.safeParse(file.name).success) continue;
    throw new BanyanError("BYN-EVIDENCE-023", `"${file.name}" can't be in a bundle: only plain files can.`);
  }
  return found.map((file) => file.name).sort();
}

/** On the disk, and not to be written by accident. */
async function harden(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(path, 0o444);
}

async function changedFiles(folder: string, bundle: Bundle): Promise<string[]> {
  const changed: string[] = [];
  for (const file of bundle.files) {
    const now = await fileHash(join(folder, file.name)).catch(() => null);
    if (now?.sha256 !== file.sha256 || now.bytes !== file.bytes) changed.push(file.name);
  }
  const known = new Set([BUNDLE_FILE, ...bundle.files.map((file) => file.name)]);
  const added = (await readdir(folder)).filter((name) => !known.has(name));
  return [...changed, ...added.map((name) => `${name} (added)`)];
}

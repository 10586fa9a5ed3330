import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { canonicalJson } from "@banyan/evidence/bundle/canonical-json.ts";
import { findSecret } from "@banyan/evidence/bundle/secrets.ts";
import { type PainsRecord, parsePains } from "@banyan/evidence/pains/record.ts";
import { syncFolder, writeNewFile } from "@banyan/platform/records/durable.ts";

const NAME = /^pains-[0-9a-f-]{36}\.json$/;

/**
 * Writes a record beside the bundles (`.banyan/evidence/pains-<id>.json`): whole or not at all. What looks like a secret,
 * or is one of `secrets`, refuses it. Throws BYN-EVIDENCE-027, -069 (it would not be read again) and -070.
 */
export async function writePains(
  folder: string,
  record: PainsRecord,
  secrets: readonly string[],
): Promise<string> {
  const path = join(folder, `pains-${record.id}.json`);
  const text = `${JSON.stringify(JSON.parse(canonicalJson(record)), null, 1)}\n`;
  parsePains(text, path);
  const found = findSecret(text, secrets);
  if (found !== null) throw new BanyanError("BYN-EVIDENCE-027", `${path} would hold ${found.what}`);
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeNewFile(draft, text);
    await rename(draft, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new BanyanError("BYN-EVIDENCE-070", `${path} could not be written`, { cause });
  }
  return path;
}

/** Every record of a folder, the oldest first. Throws BYN-EVIDENCE-069 for one that can't be read. */
export async function readAllPains(folder: string): Promise<PainsRecord[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const records: PainsRecord[] = [];
  for (const name of names.filter((each) => NAME.test(each)).sort()) {
    const path = join(folder, name);
    records.push(parsePains(await readFile(path, "utf8"), path));
  }
  return records;
}

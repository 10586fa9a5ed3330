import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { BundleFile } from "@banyan/evidence/bundle/bundle.ts";
import { findSecret, scrub } from "@banyan/evidence/bundle/secrets.ts";

/** Longer than the longest secret that is looked for, so that none hides on the edge of two chunks. */
const OVERLAP_CHARACTERS = 16_384;

/** Files for people (`*.log`, `*.txt`) are rewritten without secrets; in all others a secret refuses the bundle. */
export async function scrubLog(folder: string, name: string, known: readonly string[]): Promise<void> {
  if (!/\.(log|txt)$/.test(name)) return;
  const path = join(folder, name);
  const before = await readFile(path, "utf8");
  const { text, removed } = scrub(before, known);
  if (removed > 0) await writeFile(path, text);
}

/**
 * Name, size and SHA-256 of a file, which must hold no secret (looked for inside of gzip as well).
 *
 * @throws BanyanError BYN-EVIDENCE-027 naming the file and what was found, never the secret
 */
export async function scannedFile(
  folder: string,
  name: string,
  known: readonly string[],
): Promise<BundleFile> {
  const path = join(folder, name);
  const { bytes, sha256 } = await fileHash(path);
  const content = name.endsWith(".gz") ? createGunzip() : new PassThrough();
  content.setEncoding("utf8");
  let carried = "";
  await pipeline(createReadStream(path), content, async (chunks: AsyncIterable<string>) => {
    for await (const chunk of chunks) {
      const text = carried + chunk;
      refuseSecret(text, name, known);
      carried = text.slice(-OVERLAP_CHARACTERS);
    }
  });
  return { name, bytes, sha256 };
}

export function refuseSecret(text: string, name: string, known: readonly string[]): void {
  const found = findSecret(text, known);
  if (found !== null) throw new BanyanError("BYN-EVIDENCE-027", `${name} holds ${found.what}.`);
}

export async function fileHash(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: hash.digest("hex") };
}

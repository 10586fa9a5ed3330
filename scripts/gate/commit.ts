import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";

const run = promisify(execFile);

/**
 * The commit that evidence is for. What was changed but not committed counts: its hash stands in `dirty`, so that
 * evidence for one state of the files is none for another. A folder that is no git checkout is `none`.
 */
export async function readCommit(root: string): Promise<Bundle["commit"]> {
  const git = async (...args: string[]) =>
    (await run("git", args, { cwd: root, maxBuffer: 256 * 1024 * 1024 })).stdout;
  let id: string;
  try {
    id = (await git("rev-parse", "HEAD")).trim();
  } catch {
    return { id: "none", dirty: null };
  }
  const [changes, untracked] = await Promise.all([
    git("diff", "HEAD", "--binary"),
    git("ls-files", "--others", "--exclude-standard", "-z"),
  ]);
  if (changes === "" && untracked === "") return { id, dirty: null };
  const hash = createHash("sha256").update(changes);
  for (const name of untracked.split("\0").filter((n) => n !== "")) {
    hash.update(`\0${name}\0`).update(await readFile(join(root, name)).catch(() => ""));
  }
  return { id, dirty: hash.digest("hex").slice(0, 16) };
}

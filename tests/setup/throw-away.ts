import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { livenessOf, thisProcess } from "@banyan/platform/records/process-identity.ts";
import { removePostgres } from "@banyan/scripts/parts/postgres.ts";
import { z } from "zod";

const PREFIX = "banyan-tests-";
const MAKER = "made-by.json";
const makerShape = z.object({ pid: z.number(), started: z.string(), realm: z.string() });

/** A state folder (0700) for a Postgres of a test. If this process is killed, the next test run removes both. */
export async function makeThrowAway(): Promise<string> {
  const stateFolder = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(stateFolder, MAKER), JSON.stringify(thisProcess()));
  return stateFolder;
}

/** Stops the folder's Postgres, and removes its data and the folder. */
export async function removeThrowAway(stateFolder: string): Promise<void> {
  await removePostgres(stateFolder, process.env);
  await rm(stateFolder, { recursive: true, force: true });
}

/** Removes what test runs left that were killed before they could clean up. */
export async function sweepThrowAways(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      const maker = makerShape.parse(JSON.parse(await readFile(join(folder, MAKER), "utf8")));
      if (livenessOf(maker) === "dead") await removeThrowAway(folder);
    } catch {
      // Not ours to read, or just being made: left alone.
    }
  }
}

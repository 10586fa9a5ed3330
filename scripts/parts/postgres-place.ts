import { createHash } from "node:crypto";
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import { exists, fromCache, makeFolder } from "./cache.ts";
import { copyBinaries, findBinaries } from "./postgres-binaries.ts";
import { postgresUser, reaches } from "./postgres-user.ts";
import type { Say } from "./say.ts";
import { type Environment, type RunAs, reasonOf, runTool } from "./tool.ts";

/** Reachable by every user; used by root only, when the working folder is not (a clone under /root). */
const SHARED_FOLDER = "/var/lib/banyan";

/** Where the Postgres of one working folder is, and who it runs as. */
export interface PostgresPlace {
  /** Holds `bin/`, `lib/` and `share/`. */
  readonly binaries: string;
  readonly dataDir: string;
  readonly as: RunAs | null;
}

const fileShape = z.object({
  /** The state folder that this was written for: a copy of the working folder must not take the original's data. */
  madeFor: z.string(),
  binaries: z.string(),
  dataDir: z.string(),
  as: z.object({ uid: z.number(), gid: z.number() }).nullable(),
});

export interface PlaceOptions {
  readonly stateFolder: string;
  readonly uid: number;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The place that was chosen before (`.banyan/postgres.json`), or null. After the working folder was moved or copied,
 * data inside of it is found at its new place; data outside follows a move, and stays with the original of a copy.
 */
export async function readPlace(stateFolder: string): Promise<PostgresPlace | null> {
  const text = await readFile(placeFile(stateFolder), "utf8").catch(() => null);
  if (text === null) return null;
  let file: z.infer<typeof fileShape>;
  try {
    file = fileShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
  const { madeFor, ...place } = file;
  if (madeFor === (await realpath(stateFolder))) return place;
  if (place.dataDir === ownDataDir(madeFor)) return { ...place, dataDir: ownDataDir(stateFolder) };
  return (await exists(madeFor)) ? null : place;
}

/**
 * Chooses binaries, data folder and user, and writes them down. Data that is there stays where it is.
 * As a plain user all of it is in `.banyan/`; as root it is where the user that Postgres runs as can reach.
 * @throws BYN-PARTS-001, -002, -004, -013
 */
export async function choosePlace(options: PlaceOptions): Promise<PostgresPlace> {
  const { stateFolder, uid, env, say } = options;
  await makeFolder(stateFolder);
  const [as, installed, before] = await Promise.all([
    postgresUser(uid, env, say),
    findBinaries(),
    readPlace(stateFolder),
  ]);
  const usable = as === null || (await reaches(as, [join(installed.folder, "bin", "postgres")], env));
  const binaries = usable ? installed.folder : await shareBinaries(options);
  const dataDir =
    before !== null && (await exists(before.dataDir))
      ? before.dataDir
      : await newDataDir(stateFolder, as, env);
  const place: PostgresPlace = { binaries, dataDir, as };
  await requireOwner(dataDir, as?.uid ?? uid);
  await writePlace(stateFolder, place);
  return place;
}

/** The folder around the data, made by root under any umask so that the other user can pass. */
export async function makeAround(place: PostgresPlace): Promise<string> {
  const around = join(place.dataDir, "..");
  await makeFolder(around);
  if (place.as !== null) await chmod(around, 0o755);
  return around;
}

export async function forgetPlace(stateFolder: string): Promise<void> {
  await rm(placeFile(stateFolder), { force: true });
}

async function newDataDir(stateFolder: string, as: RunAs | null, env: Environment): Promise<string> {
  const own = await realpath(stateFolder).then(ownDataDir);
  if (as === null || (await reaches(as, [stateFolder], env))) return own;
  const name = createHash("sha256")
    .update(await realpath(stateFolder))
    .digest("hex")
    .slice(0, 12);
  await makeShared();
  return join(SHARED_FOLDER, name, "data");
}

async function shareBinaries({ env, say, signal }: PlaceOptions): Promise<string> {
  const installed = await findBinaries();
  await makeShared();
  return fromCache({
    folder: SHARED_FOLDER,
    key: installed.label,
    purpose: "copying Postgres",
    say,
    signal,
    make: async (path) => {
      say(`copying Postgres to ${SHARED_FOLDER}: its user can't reach this folder`);
      await copyBinaries(installed, path);
      await runTool("chmod", ["-R", "a+rX", path], { env });
    },
  });
}

async function makeShared(): Promise<void> {
  await makeFolder(SHARED_FOLDER);
  await chmod(SHARED_FOLDER, 0o755);
}

async function requireOwner(dataDir: string, uid: number): Promise<void> {
  const owner = (await stat(dataDir).catch(() => null))?.uid;
  if (owner === undefined || owner === uid) return;
  const detail = `${dataDir} is of uid ${owner}, and Postgres would run as uid ${uid}.`;
  throw new BanyanError("BYN-PARTS-004", detail);
}

async function writePlace(stateFolder: string, place: PostgresPlace): Promise<void> {
  const path = placeFile(stateFolder);
  const draft = `${path}.${process.pid}`;
  try {
    const file: z.infer<typeof fileShape> = { madeFor: await realpath(stateFolder), ...place };
    await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new BanyanError("BYN-PARTS-013", `${path} can't be written: ${reasonOf(cause)}.`, { cause });
  }
}

function ownDataDir(stateFolder: string): string {
  return join(stateFolder, "postgres", "data");
}

function placeFile(stateFolder: string): string {
  return join(stateFolder, "postgres.json");
}

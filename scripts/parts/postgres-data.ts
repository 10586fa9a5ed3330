import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { exists } from "./cache.ts";
import { makeAround, type PostgresPlace } from "./postgres-place.ts";
import { lastLines, type Say } from "./say.ts";
import { type Environment, reasonOf, runTool } from "./tool.ts";

/** The major version that the npm package carries. */
const MAJOR = "18";

export interface DataOptions {
  readonly password: string;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
  /** False for a throw-away server: nothing is forced to the disk. */
  readonly durable: boolean;
}

/**
 * Makes the data folder if it is not there: UTF-8, byte order for sorting (the same on every machine), passwords
 * by SCRAM. It is made beside its place and renamed, so it is there whole or not at all.
 * @throws BYN-PARTS-003, -015 (made by another major version)
 */
export async function makeData(place: PostgresPlace, options: DataOptions): Promise<void> {
  const around = await makeAround(place);
  if (await exists(place.dataDir)) {
    const version = (await readFile(join(place.dataDir, "PG_VERSION"), "utf8").catch(() => "none")).trim();
    if (version === MAJOR) return;
    const detail = `${place.dataDir} is data of Postgres ${version}, and this is Postgres ${MAJOR}.`;
    throw new BanyanError("BYN-PARTS-015", detail);
  }
  options.say("making a Postgres data folder");
  for (const name of await readdir(around))
    if (name.startsWith("data.new-")) await rm(join(around, name), { recursive: true, force: true });
  const draft = join(around, `data.new-${process.pid}`);
  const passwordFile = join(draft, "..", `data.new-${process.pid}.password`);
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    await giveAway(place, [draft, passwordFile]);
    await initialise(place, draft, passwordFile, options);
    await rename(draft, place.dataDir);
  } catch (cause) {
    if (options.signal?.aborted || cause instanceof BanyanError) throw cause;
    throw new BanyanError("BYN-PARTS-003", `${place.dataDir}: ${reasonOf(cause)}.`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function initialise(
  place: PostgresPlace,
  draft: string,
  passwordFile: string,
  options: DataOptions,
): Promise<void> {
  const args = [
    `--pgdata=${draft}`,
    `--pwfile=${passwordFile}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...(options.durable ? [] : ["--no-sync"]),
  ];
  const result = await runTool(join(place.binaries, "bin", "initdb"), args, {
    env: postgresEnvironment(options.env),
    cwd: "/",
    signal: options.signal,
    ...(place.as === null ? {} : { as: place.as }),
  });
  if (result.code === 0) return;
  const detail = `initdb ended with ${result.code}: ${lastLines(`${result.stdout}\n${result.stderr}`, 5)}`;
  throw new BanyanError("BYN-PARTS-003", detail);
}

/** Ours, without the variables that steer Postgres (`PGPORT`, `PGDATA`, …) and with a fixed language and zone. */
export function postgresEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("PG"));
  return { ...Object.fromEntries(kept), LC_ALL: "C", TZ: "UTC" };
}

async function giveAway(place: PostgresPlace, paths: readonly string[]): Promise<void> {
  if (place.as === null) return;
  for (const path of paths) {
    await chown(path, place.as.uid, place.as.gid);
  }
  await chmod(join(place.dataDir, ".."), 0o755);
}

import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { acquireLock } from "@banyan/platform/records/file-lock.ts";
import { waitFor } from "../stack/condition.ts";
import { startProcess, stopProcess } from "../stack/process.ts";
import { logPath } from "../stack/process-record.ts";
import { makeData, postgresEnvironment } from "./postgres-data.ts";
import { checkServer } from "./postgres-databases.ts";
import { choosePlace, forgetPlace, type PostgresPlace, readPlace } from "./postgres-place.ts";
import { clearLeftLock, findPostmaster, type Postmaster } from "./postmaster.ts";
import { lastLines, type Say } from "./say.ts";
import { type Environment, runTool } from "./tool.ts";

const NAME = "postgres";

export interface PostgresOptions {
  /** `.banyan` of the working folder: place, data (where it can be), log and record. */
  readonly stateFolder: string;
  readonly port: number;
  /** Of the administrator `postgres`; the data keeps the one that it was made with. */
  readonly password: string;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
  /** False for a throw-away server: a crash of the machine may lose its data. */
  readonly durable?: boolean;
}

export interface Postgres {
  /** Administrator's address, password in it: never print it. */
  readonly url: string;
  /** Null when the server is not ours (`DATABASE_URL`). */
  readonly pid: number | null;
  readonly log: string | null;
  /** Stops it if it is ours; more than once does no harm. */
  stop(): Promise<void>;
}

export type PostgresStatus =
  | { readonly state: "absent" }
  | { readonly state: "stopped"; readonly dataDir: string }
  | ({ readonly dataDir: string } & Postmaster);

/** A server that somebody else runs: checked, used, never started or stopped. @throws BYN-PARTS-006 */
export async function externalPostgres(databaseUrl: string): Promise<Postgres> {
  await checkServer(databaseUrl);
  return { url: databaseUrl, pid: null, log: null, stop: async () => undefined };
}

/**
 * Starts the working folder's Postgres on 127.0.0.1, making its data the first time; one that runs already is used.
 * Its data survives stop and start, and a kill in between.
 * @throws BYN-PARTS-001 … -006, -008, -013, -015
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { stateFolder, say, signal } = options;
  const lock = await acquireLock(join(stateFolder, "postgres.lock"), {
    purpose: "starting Postgres",
    onWait: (holder) => say(`waiting for process ${holder.pid}, which is ${holder.purpose}`),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const uid = process.getuid?.() ?? -1;
    const place = await choosePlace({ stateFolder, uid, env: options.env, say, signal });
    const running = await settled(place, signal);
    if (running !== null) {
      say(`Postgres runs already on port ${running.port}`);
      return await opened(running, options);
    }
    await makeData(place, { ...options, durable: options.durable ?? true });
    await clearLeftLock(place.dataDir);
    say(`starting Postgres on port ${options.port}`);
    await start(place, options);
    const started = await findPostmaster(place.dataDir);
    if (started === null) throw new BanyanError("BYN-PARTS-007", "Postgres ended as soon as it was ready.");
    return await opened(started, options);
  } finally {
    await lock.release();
  }
}

/** Stops the working folder's Postgres, from whichever process: open connections are cut, data is kept. */
export async function stopPostgres(
  stateFolder: string,
  env: Environment,
): Promise<"stopped" | "not running"> {
  const place = await readPlace(stateFolder);
  const running = place === null ? null : await findPostmaster(place.dataDir);
  if (place !== null && running !== null) {
    // Fast: roll back and write a checkpoint. Immediate (a crash, mended by the log at the next start) if that hangs.
    const fast = await stopWith(place, "fast", env);
    const problem = fast === null ? null : await stopWith(place, "immediate", env);
    if (problem !== null)
      throw new BanyanError(
        "BYN-PARTS-010",
        `Postgres (pid ${running.pid}) could not be stopped: ${problem}`,
      );
  }
  await stopProcess(stateFolder, NAME);
  return running === null ? "not running" : "stopped";
}

export async function statusPostgres(stateFolder: string): Promise<PostgresStatus> {
  const place = await readPlace(stateFolder);
  if (place === null) return { state: "absent" };
  const running = await findPostmaster(place.dataDir);
  return running === null
    ? { state: "stopped", dataDir: place.dataDir }
    : { dataDir: place.dataDir, ...running };
}

/** Stops the working folder's Postgres and removes all its data, for good. */
export async function removePostgres(stateFolder: string, env: Environment): Promise<void> {
  const place = await readPlace(stateFolder);
  await stopPostgres(stateFolder, env);
  if (place === null) return;
  await rm(dirname(place.dataDir), { recursive: true, force: true });
  await forgetPlace(stateFolder);
}

async function start(place: PostgresPlace, options: PostgresOptions): Promise<void> {
  const durable = options.durable ?? true;
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(options.port),
    unix_socket_directories: "",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const spec = {
    name: NAME,
    command: join(place.binaries, "bin", "postgres"),
    args: [
      "-D",
      place.dataDir,
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    env: postgresEnvironment(options.env),
    cwd: "/",
    port: options.port,
    ready: { condition: async () => (await findPostmaster(place.dataDir))?.state === "ready" },
    // After a crash it reads its log first, which takes as long as the writes since the last checkpoint did.
    readyWithinMs: 60_000,
    stopSignal: "SIGINT" as const,
    ...(place.as === null ? {} : { as: place.as }),
  };
  // A server that was killed takes a moment to be gone, and its children hold its shared memory a little longer.
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    try {
      await startProcess(options.stateFolder, spec, options.signal);
      return;
    } catch (error) {
      if (!isPassing(error) || performance.now() > giveUpAt) throw error;
      await delay(200);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof BanyanError)) return false;
  return error.code === "BYN-PARTS-009" || error.detail.includes("pre-existing shared memory");
}

/** A server that is just starting or stopping is waited for. */
async function settled(place: PostgresPlace, signal?: AbortSignal): Promise<Postmaster | null> {
  let found: Postmaster | null = null;
  const look = async () => {
    found = await findPostmaster(place.dataDir);
    return found === null || found.state === "ready";
  };
  if (await waitFor(look, { withinMs: 30_000, everyMs: 50, signal })) return found;
  throw new BanyanError("BYN-PARTS-008", `Postgres on ${place.dataDir} neither starts nor stops.`);
}

async function opened(running: Postmaster, options: PostgresOptions): Promise<Postgres> {
  const { stateFolder, env } = options;
  const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${running.port}/postgres`;
  await checkServer(url);
  const stop = async () => void (await stopPostgres(stateFolder, env));
  return { url, pid: running.pid, log: logPath(stateFolder, NAME), stop };
}

async function stopWith(
  place: PostgresPlace,
  mode: "fast" | "immediate",
  env: Environment,
): Promise<string | null> {
  const args = ["stop", "-D", place.dataDir, "-m", mode, "-w", "-t", "30"];
  const result = await runTool(join(place.binaries, "bin", "pg_ctl"), args, {
    env: postgresEnvironment(env),
    cwd: "/",
    ...(place.as === null ? {} : { as: place.as }),
  });
  if (result.code === 0 || (await findPostmaster(place.dataDir)) === null) return null;
  return lastLines(`${result.stdout}\n${result.stderr}`, 3);
}

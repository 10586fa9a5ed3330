import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { livenessOf, thisProcess } from "@banyan/platform/records/process-identity.ts";
import {
  externalPostgres,
  type Postgres,
  removePostgres,
  startPostgres,
} from "@banyan/scripts/parts/postgres.ts";
import { readPlace } from "@banyan/scripts/parts/postgres-place.ts";
import { freePort } from "@banyan/scripts/stack/port.ts";
import type { TestProject } from "vitest/node";
import { z } from "zod";

declare module "vitest" {
  export interface ProvidedContext {
    /** Administrator's address of a real server; tests make databases of their own on it. */
    postgresUrl: string;
  }
}

const PREFIX = "banyan-tests-";
const MAKER = "made-by.json";
const makerShape = z.object({ pid: z.number(), started: z.string(), realm: z.string() });

/** One Postgres for a test run: `DATABASE_URL`, else a throw-away one that is removed at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { env } = process;
  if (env.DATABASE_URL !== undefined && env.DATABASE_URL !== "") {
    const server = await externalPostgres(env.DATABASE_URL);
    project.provide("postgresUrl", server.url);
    return server.stop;
  }
  await sweep();
  const stateFolder = await mkdtemp(join(tmpdir(), PREFIX));
  // As root the server runs as another user, who must be able to pass.
  await chmod(stateFolder, 0o755);
  await writeFile(join(stateFolder, MAKER), JSON.stringify(thisProcess()));
  const remove = () => removeAll(stateFolder);
  try {
    const server = await startOnFreePort(stateFolder);
    project.provide("postgresUrl", server.url);
    const forget = await onSignal(stateFolder, server.pid);
    return async () => {
      forget();
      await remove();
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Vitest runs no tear-down when a signal ends it, so the server is cut and removed at once, and the signal goes on. */
async function onSignal(stateFolder: string, pid: number | null): Promise<() => void> {
  const place = await readPlace(stateFolder);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (signal: NodeJS.Signals) => {
    forget();
    // Immediate shutdown: nobody needs what it holds.
    if (pid !== null) process.kill(pid, "SIGQUIT");
    for (const folder of [place === null ? stateFolder : dirname(place.dataDir), stateFolder])
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of signals) process.removeListener(signal, stop);
  };
  for (const signal of signals) process.once(signal, stop);
  return forget;
}

async function startOnFreePort(stateFolder: string, tries = 3): Promise<Postgres> {
  try {
    return await startPostgres({
      stateFolder,
      port: await freePort(),
      password: randomBytes(12).toString("hex"),
      env: process.env,
      say: () => undefined,
      durable: false,
    });
  } catch (error) {
    // Somebody else was given the same free port in between.
    if (tries > 1 && error instanceof BanyanError && error.code === "BYN-PARTS-005")
      return startOnFreePort(stateFolder, tries - 1);
    throw error;
  }
}

/** Servers of test runs that were killed before they could clean up. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      const maker = makerShape.parse(JSON.parse(await readFile(join(folder, MAKER), "utf8")));
      if (livenessOf(maker) === "dead") await removeAll(folder);
    } catch {
      // Not ours to read, or just being made: left alone.
    }
  }
}

async function removeAll(stateFolder: string): Promise<void> {
  await removePostgres(stateFolder, process.env);
  await rm(stateFolder, { recursive: true, force: true });
}

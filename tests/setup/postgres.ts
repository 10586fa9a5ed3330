import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { externalPostgres, type Postgres, startPostgres } from "@banyan/scripts/parts/postgres.ts";
import { freePort } from "@banyan/scripts/stack/port.ts";
import { recordPath } from "@banyan/scripts/stack/process-record.ts";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { makeThrowAway, removeThrowAway, sweepThrowAways } from "./throw-away.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Administrator's address of a real server; tests make databases of their own on it. */
    postgresUrl: string;
  }
}

/** One Postgres for a test run: `DATABASE_URL`, else a throw-away one that is removed at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { env } = process;
  if (env.DATABASE_URL !== undefined && env.DATABASE_URL !== "") {
    const server = await externalPostgres(env.DATABASE_URL);
    project.provide("postgresUrl", server.url);
    return server.stop;
  }
  await sweepThrowAways();
  const stateFolder = await makeThrowAway();
  const forget = cutOnExit(stateFolder);
  const remove = async () => {
    await removeThrowAway(stateFolder);
    forget();
  };
  try {
    // As root the server runs as another user, who must be able to pass.
    await chmod(stateFolder, 0o755);
    const server = await startOnFreePort(stateFolder);
    project.provide("postgresUrl", server.url);
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Vitest runs no tear-down when a signal ends it: the server is then cut and removed at once. */
function cutOnExit(stateFolder: string): () => void {
  const cut = () => {
    forget();
    const { pid } = readNow(recordPath(stateFolder, "postgres"), z.object({ pid: z.number() })) ?? {};
    const { dataDir } = readNow(join(stateFolder, "postgres.json"), z.object({ dataDir: z.string() })) ?? {};
    try {
      // Immediate shutdown: nobody needs what it holds.
      if (pid !== undefined) process.kill(pid, "SIGQUIT");
    } catch {
      // It is gone.
    }
    for (const folder of [dataDir === undefined ? stateFolder : dirname(dataDir), stateFolder])
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  const cutAndGoOn = (signal: NodeJS.Signals) => {
    cut();
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const forget = () => {
    process.removeListener("exit", cut);
    for (const signal of signals) process.removeListener(signal, cutAndGoOn);
  };
  process.once("exit", cut);
  for (const signal of signals) process.once(signal, cutAndGoOn);
  return forget;
}

function readNow<T>(path: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
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

import { join } from "node:path";
import type { Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";
import { createAnswerCache } from "./answers/answer-cache.ts";
import { followApplied } from "./answers/applied.ts";
import type { CatalogOptions } from "./app.ts";
import { createPlant, PLANT_NAMES } from "./plant.ts";
import { createWholeCopy } from "./whole-copy.ts";

/** What a process that hosts the catalog reads from its environment, besides addresses. */
export const CatalogSettings = z.object({
  CACHE_ENTRIES: z.coerce.number().int().min(1).max(1_000_000).default(4_000),
  CACHE_MEBIBYTES: z.coerce.number().int().min(1).max(4_096).default(32),
  PLANT: z.enum(PLANT_NAMES).default("none"),
  PLANT_MS: z.coerce.number().int().min(1).max(10_000).default(250),
  CRASH_ROUTE: z.enum(["0", "1"]).default("0"),
});

const MEBIBYTE = 1_024 * 1_024;
const POOL_CONNECTIONS = 10;

export interface OpenCatalog {
  readonly options: CatalogOptions;
  /** After the last request was answered. */
  close(): Promise<void>;
}

/** Migrates the database and opens all that the catalog stands on. Nothing is left open when it throws. */
export async function openCatalog(
  databaseUrl: string,
  settings: z.output<typeof CatalogSettings>,
  log: Log,
): Promise<OpenCatalog> {
  const plant = createPlant(settings.PLANT, { slowMs: settings.PLANT_MS, random: Math.random });
  if (plant.name !== "none")
    log.warn({ plant: plant.name }, `A FAULT IS PLANTED: this catalog ${plant.does}`);
  const pool = createPool(databaseUrl, { max: POOL_CONNECTIONS, name: "catalog" }, log);
  try {
    const applied = await migrate(pool, join(import.meta.dirname, "migrations"));
    if (applied.length > 0) log.info({ applied }, "migrated");
  } catch (error) {
    await pool.end();
    throw error;
  }
  const cache = createAnswerCache({
    maxEntries: settings.CACHE_ENTRIES,
    maxBytes: settings.CACHE_MEBIBYTES * MEBIBYTE,
  });
  const copy = createWholeCopy(pool);
  const onChange = () => copy.forget();
  const listener = followApplied({ url: databaseUrl, cache, log, random: Math.random, onChange });
  return {
    options: { pool, log, cache, plant, copy, crashRoute: settings.CRASH_ROUTE === "1" },
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

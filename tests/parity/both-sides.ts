import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { createAnswerCache } from "@banyan/catalog/answers/answer-cache.ts";
import { createCatalogApp } from "@banyan/catalog/app.ts";
import { backfillCatalog } from "@banyan/catalog/backfill/backfill.ts";
import { createPlant, type PlantName } from "@banyan/catalog/plant.ts";
import { createWholeCopy } from "@banyan/catalog/whole-copy.ts";
import { createMonolithApp } from "@banyan/monolith/app.ts";
import { createSessions } from "@banyan/monolith/customers/session.ts";
import { migrateMonolith } from "@banyan/monolith/migrate-monolith.ts";
import { LAST_DRAWN_DAY } from "@banyan/monolith/seed/calendar.ts";
import { fill } from "@banyan/monolith/seed/fill.ts";
import { newSessionKey, noOutside } from "@banyan/monolith/shop.fixture.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { createDatabase, dropDatabase } from "@banyan/scripts/parts/postgres-databases.ts";

const root = join(import.meta.dirname, "../..");
const log = createLog("parity", "silent");

export type Pool = ReturnType<typeof createPool>;

export interface BothSides {
  readonly monolith: string;
  readonly extracted: string;
  /** Starts one more extracted catalog on the same data, with a fault in it. */
  planted(plant: PlantName): Promise<string>;
  stop(): Promise<void>;
}

/**
 * A seeded monolith, and an extracted catalog that was filled from it by the back-fill, each on a port and a database
 * of its own. `prepare` may change the monolith's data before the copy is taken.
 */
export async function startBothSides(options: {
  readonly adminUrl: string;
  readonly products: number;
  readonly prepare: (pool: Pool) => Promise<void>;
}): Promise<BothSides> {
  const { adminUrl, products, prepare } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };

  const database = async (side: string, migrated: (pool: Pool) => Promise<unknown>): Promise<Pool> => {
    const name = `parity_${side}_${randomBytes(6).toString("hex")}`;
    const url = await createDatabase(adminUrl, {
      name,
      owner: name,
      password: randomBytes(12).toString("hex"),
    });
    stops.push(() => dropDatabase(adminUrl, { name, owner: name }));
    const pool = createPool(url, { max: 5, name }, log);
    stops.push(() => pool.end());
    await migrated(pool);
    return pool;
  };
  const serve = async (app: RequestListener): Promise<string> => {
    const server = createServer(app);
    const port = await listen(server, 0);
    stops.push(() => close(server, 100));
    return `http://127.0.0.1:${port}`;
  };

  try {
    const shop = await database("shop", migrateMonolith);
    await fill(shop, { seed: 1, products, customers: 0, orders: 0 }, LAST_DRAWN_DAY);
    await prepare(shop);
    const catalog = await database("catalog", (pool) =>
      migrate(pool, join(root, "extracted/catalog/migrations")),
    );
    await backfillCatalog({ source: shop, copy: catalog });

    const extracted = (plant: PlantName) => {
      // The data stands still here, so the cache need not hear of changes.
      const cache = createAnswerCache({ maxEntries: 10_000, maxBytes: 100_000_000 });
      cache.turn("on");
      const random = everyHundredth();
      return serve(
        createCatalogApp({
          ...{ pool: catalog, log, cache, copy: createWholeCopy(catalog) },
          plant: createPlant(plant, { slowMs: 1, random }),
        }),
      );
    };
    const sessions = await createSessions(newSessionKey(), Date.now);
    const newId = () => {
      throw new Error("parity makes nothing new");
    };
    return {
      monolith: await serve(
        createMonolithApp({ pool: shop, log, sessions, now: Date.now, newId, ...noOutside() }),
      ),
      extracted: await extracted("none"),
      planted: extracted,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** 0, 0.01 … 0.99 and again: a fault that strikes now and then does so at the same places each time. */
function everyHundredth(): () => number {
  let n = 0;
  return () => (n++ % 100) / 100;
}

// `docker compose run --rm sync`: fills the catalog's copy from the monolith, as `banyan sync catalog` does. Resumable,
// harmless to repeat, moves no traffic.
import { backfillCatalog } from "@banyan/catalog/backfill/backfill.ts";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { runOnce } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";

const Environment = z.object({
  /** The monolith's database as the feed role. */
  SOURCE_DATABASE_URL: z.url(),
  /** The catalog's own database, after its migrations. */
  DATABASE_URL: z.url(),
});

const log = createLog("sync");

await runOnce(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  const source = createPool(environment.SOURCE_DATABASE_URL, { max: 2, name: "sync" }, log);
  const copy = createPool(environment.DATABASE_URL, { max: 2, name: "sync" }, log);
  try {
    const { slotsTotal, filled, rows } = await backfillCatalog({ source, copy });
    log.info(
      { slotsTotal, filled, rows },
      slotsTotal === 0 ? "every slot follows already" : "the copy follows",
    );
  } finally {
    await Promise.all([source.end(), copy.end()]);
  }
});

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { migrateMonolith } from "@banyan/monolith/migrate-monolith.ts";
import { LAST_DRAWN_DAY } from "@banyan/monolith/seed/calendar.ts";
import { fill } from "@banyan/monolith/seed/fill.ts";
import { ensureFeedRole, grantFeed } from "@banyan/platform/log/feed-role.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";

const ROOT = join(import.meta.dirname, "../..");

type Pool = ReturnType<typeof createPool>;

/** The monolith's database, seeded, the catalog's own beside it, and the role that one reads the other with. */
export interface BothSides {
  readonly shop: Pool;
  readonly copy: Pool;
  readonly feed: Pool;
  readonly copyUrl: string;
  readonly feedUrl: string;
  readonly productIds: readonly string[];
  close(): Promise<void>;
}

/** Made with the real migrations and the real seed, as `banyan up` does it. */
export async function createBothSides(adminUrl: string, products: number): Promise<BothSides> {
  const log = createLog("tests", "silent");
  const suffix = randomBytes(5).toString("hex");
  const admin = createPool(adminUrl, { max: 1, name: "tests" }, log);
  const open = async (name: string) => {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    return { name, url: url.href, pool: createPool(url.href, { max: 10, name: "tests" }, log) };
  };
  const shop = await open(`shop_${suffix}`);
  const copy = await open(`catalog_${suffix}`);
  await migrateMonolith(shop.pool);
  await fill(shop.pool, { seed: 1, products, customers: 0, orders: 0 }, LAST_DRAWN_DAY);
  await migrate(copy.pool, join(ROOT, "extracted/catalog/migrations"));
  const role = `feed_${suffix}`;
  await ensureFeedRole(admin, role, suffix);
  await grantFeed(shop.pool, role);
  const feedUrl = new URL(shop.url);
  feedUrl.username = role;
  feedUrl.password = suffix;
  const feed = createPool(feedUrl.href, { max: 4, name: "tests" }, log);
  const { rows } = await shop.pool.query<{ id: string }>("SELECT id FROM product ORDER BY id");
  return {
    shop: shop.pool,
    copy: copy.pool,
    feed,
    copyUrl: copy.url,
    feedUrl: feedUrl.href,
    productIds: rows.map((row) => row.id),
    close: async () => {
      await Promise.all([shop.pool.end(), copy.pool.end(), feed.end()]);
      for (const { name } of [shop, copy]) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    },
  };
}

/** Waits for a condition, never for time; the bound is for hangs. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 40_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

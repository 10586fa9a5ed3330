import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createAnswerCache } from "@banyan/catalog/answers/answer-cache.ts";
import { createCatalogApp } from "@banyan/catalog/app.ts";
import { backfillCatalog } from "@banyan/catalog/backfill/backfill.ts";
import { createPlant } from "@banyan/catalog/plant.ts";
import { createWholeCopy } from "@banyan/catalog/whole-copy.ts";
import { openShop, type Shop } from "@banyan/monolith/shop.fixture.ts";
import { staticFlagSource } from "@banyan/platform/flags/static-source.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { readSettings } from "@banyan/platform/settings/settings.ts";
import { startProxy } from "@banyan/proxy/app.ts";
import { httpForwarder } from "@banyan/proxy/forward/http-forwarder.ts";
import { createDatabase, dropDatabase } from "@banyan/scripts/parts/postgres-databases.ts";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../..");
const log = createLog("tests", "silent");

export interface ShopOnBothSides {
  readonly shop: Shop;
  /** Where browsers go: the proxy, which the shop's pages ask, too. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The whole shop, an extracted catalog that was filled from it, and a proxy before both that sends a share of the
 * people to the latter, by the routes of `banyan.yaml`.
 */
export async function shopOnBothSides(adminUrl: string, percentage: number): Promise<ShopOnBothSides> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    let url = "";
    const shop = await openShop(adminUrl, { orders: 200, base: () => url });
    stops.push(shop.stop);
    const catalog = await startCatalog(adminUrl, shop, stops);
    url = await startHalfway({ shop: shop.url, catalog, percentage }, stops);
    return { shop, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startCatalog(
  adminUrl: string,
  shop: Shop,
  stops: (() => Promise<unknown>)[],
): Promise<string> {
  const name = `storefront_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(adminUrl, {
    name,
    owner: name,
    password: randomBytes(12).toString("hex"),
  });
  stops.push(() => dropDatabase(adminUrl, { name, owner: name }));
  const pool = createPool(url, { max: 5, name }, log);
  stops.push(() => pool.end());
  await migrate(pool, join(ROOT, "extracted/catalog/migrations"));
  await backfillCatalog({ source: shop.pool, copy: pool });
  const cache = createAnswerCache({ maxEntries: 1_000, maxBytes: 10_000_000 });
  const plant = createPlant("none", { slowMs: 1, random: Math.random });
  const server = createServer(createCatalogApp({ pool, log, cache, plant, copy: createWholeCopy(pool) }));
  const port = await listen(server, 0);
  stops.push(() => close(server, 100));
  return `http://127.0.0.1:${port}`;
}

async function startHalfway(
  to: { readonly shop: string; readonly catalog: string; readonly percentage: number },
  stops: (() => Promise<unknown>)[],
): Promise<string> {
  const demo = parse(readFileSync(join(ROOT, "banyan.yaml"), "utf8")) as {
    identity: unknown;
    capabilities: { catalog: { routes: string[] } };
  };
  const settings = readSettings(
    JSON.stringify({
      listen: "127.0.0.1:0",
      admin: "127.0.0.1:0",
      showSide: true,
      upstreams: { monolith: { url: to.shop }, catalog: { url: to.catalog } },
      identity: demo.identity,
      jwks: { url: `${to.shop}/.well-known/jwks.json`, algorithms: ["EdDSA"], audience: "shop" },
      capabilities: {
        catalog: {
          upstream: "catalog",
          routes: demo.capabilities.catalog.routes,
          percentage: to.percentage,
        },
      },
    }),
    {},
  );
  const { percentage } = to;
  const proxy = await startProxy({
    settings,
    readAgain: () => settings,
    flagSource: async () => staticFlagSource([{ capability: "catalog", flag: "catalog", percentage }]),
    forwarder: httpForwarder(),
    keys: {
      override: randomBytes(32).toString("base64url"),
      visitor: randomBytes(32),
      adminToken: undefined,
      debugToken: undefined,
    },
    nowMs: Date.now,
    log,
    stopBoundMs: 1_000,
  });
  stops.push(() => proxy.stop());
  return `http://127.0.0.1:${proxy.port}`;
}

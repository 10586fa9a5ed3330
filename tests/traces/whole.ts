import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backfillCatalog } from "@banyan/catalog/backfill/backfill.ts";
import { changeProduct } from "@banyan/monolith/catalog/edits.ts";
import { newSessionKey } from "@banyan/monolith/shop.fixture.ts";
import { createBothSides, until } from "../sync/both-sides.ts";
import { type Started, startProcess } from "./processes.ts";

/** Shop, catalog and proxy as processes of their own on a real Postgres; all of the catalog is extracted. */
export interface Whole {
  readonly proxy: Started;
  readonly monolith: Started;
  readonly catalog: Started;
  /** The proxy's. */
  readonly url: string;
  readonly productId: string;
  /** Nobody asked for it yet: the catalog has no answer of it at hand. */
  readonly freshProductId: string;
  /** One more proxy before the same sides. */
  anotherProxy(trust: string, environment: Readonly<Record<string, string>>): Promise<Started>;
  /** Starts the catalog's worker and changes a product's price, for it to follow. */
  editFollowed(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWhole(
  adminUrl: string,
  environment: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
): Promise<Whole> {
  const folder = await mkdtemp(join(tmpdir(), "banyan-traces-"));
  const started: Started[] = [];
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  const stop = async () => {
    for (const each of started) await each.kill();
    for (const step of stops.splice(0).reverse()) await step();
  };
  const start = async (file: string, more: Record<string, string>, args: string[] = []) => {
    const process = await startProcess(file, { ...environment, ...more }, args, nodeArgs);
    started.push(process);
    return process;
  };
  try {
    const sides = await createBothSides(adminUrl, 60);
    stops.push(sides.close);
    await backfillCatalog({ source: sides.feed, copy: sides.copy });
    const storefront = join(folder, "storefront");
    const monolith = await start("monolith/main.ts", {
      PORT: "0",
      DATABASE_URL: sides.shop.options.connectionString ?? "",
      SESSION_KEY: newSessionKey(),
      STOREFRONT_FILE: storefront,
    });
    const catalog = await start("extracted/catalog/main.ts", { PORT: "0", DATABASE_URL: sides.copyUrl });
    const anotherProxy: Whole["anotherProxy"] = async (trust, more) => {
      const config = join(folder, `banyan-${started.length}.yaml`);
      await writeFile(config, yamlOf(monolith.port, catalog.port, trust));
      return start("proxy/main.ts", more, ["--config", config]);
    };
    const proxy = await anotherProxy("127.0.0.1/32", {});
    const url = `http://127.0.0.1:${proxy.port}`;
    await writeFile(storefront, url);
    monolith.reload();
    await until("the storefront asks the proxy", async () =>
      monolith.lines.some((line) => line.base === url),
    );
    const editFollowed = async () => {
      const databases = { DATABASE_URL: sides.copyUrl, SOURCE_DATABASE_URL: sides.feedUrl };
      await start("extracted/catalog/worker.ts", { PORT: "0", ...databases });
      await changeProduct(sides.shop, sides.productIds[0] ?? "", { priceAmount: 1 }, new Date());
    };
    return {
      editFollowed,
      proxy,
      monolith,
      catalog,
      url,
      productId: sides.productIds[0] ?? "",
      freshProductId: sides.productIds[1] ?? "",
      anotherProxy,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function yamlOf(monolith: number, catalog: number, trust: string): string {
  return `listen: 127.0.0.1:0
admin: 127.0.0.1:0
upstreams:
  monolith: { url: "http://127.0.0.1:${monolith}" }
  catalog: { url: "http://127.0.0.1:${catalog}" }
trust: [ ${trust} ]
capabilities:
  catalog:
    upstream: catalog
    routes: [ GET /api/categories, 'GET /api/categories/:slug', GET /api/products, 'GET /api/products/:id' ]
    percentage: 100
`;
}

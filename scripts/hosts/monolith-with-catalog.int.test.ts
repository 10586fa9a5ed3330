import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCatalogDatabase } from "@banyan/catalog/catalog-database.fixture.ts";
import { createShopDatabase, newSessionKey } from "@banyan/monolith/shop.fixture.ts";
import { afterEach, expect, inject, test } from "vitest";
import { startHost } from "./host.fixture.ts";

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test("on SIGHUP it reads again where its pages ask, as the monolith alone does, and goes on", async () => {
  const shop = await createShopDatabase(inject("postgresUrl"));
  ends.push(() => shop.remove());
  const catalog = await createCatalogDatabase(inject("postgresUrl"));
  ends.push(() => catalog.remove());
  const folder = await mkdtemp(join(tmpdir(), "banyan-host-"));
  ends.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "base");
  await writeFile(file, "http://127.0.0.1:9\n");
  const host = startHost("monolith-with-catalog.ts", {
    PORT: "0",
    DATABASE_URL: shop.url,
    CATALOG_DATABASE_URL: catalog.url,
    SESSION_KEY: newSessionKey(),
    STOREFRONT_FILE: file,
  });
  ends.push(() => host.stop());
  const { port } = await host.said(({ port }) => port !== undefined);
  await host.said(({ base }) => base === "http://127.0.0.1:9");
  await writeFile(file, `http://127.0.0.1:${port}\n`);
  host.child.kill("SIGHUP");
  await host.said(({ base }) => base === `http://127.0.0.1:${port}`);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
});

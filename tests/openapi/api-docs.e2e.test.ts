import { openShop, type Shop } from "@banyan/monolith/shop.fixture.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { hasChromium, launch, why } from "../setup/browser.ts";

let shop: Shop;
let browser: Browser;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
  if (hasChromium) browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
});

it.skipIf(!hasChromium)(
  `the API can be read and tried in a browser, which asks no other host${why}`,
  async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const asked = new Set<string>();
    const complaints: string[] = [];
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    page.on("console", (message) => {
      // Among them: what the content-security-policy refused.
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${shop.url}/api/docs`);
    await page.getByRole("heading", { name: /Fig Lane's API/ }).waitFor();
    const document = (await (await shop.ask("/api/openapi.json")).json()) as {
      paths: Record<string, object>;
    };
    const operations = Object.values(document.paths).flatMap((item) => Object.keys(item));
    await page
      .locator(".opblock")
      .nth(operations.length - 1)
      .waitFor();
    expect(await page.locator(".opblock").count()).toBe(operations.length);

    const categories = page.locator("#operations-Catalog-listCategories");
    await categories.locator(".opblock-summary-control").click();
    await categories.getByRole("button", { name: "Try it out" }).click();
    await categories.getByRole("button", { name: "Execute" }).click();
    await categories.locator(".live-responses-table").getByText("kitchen").first().waitFor();

    expect(complaints).toEqual([]);
    expect([...asked].filter((origin) => origin !== shop.url && origin !== "null")).toEqual([]);
    await page.close();
  },
);

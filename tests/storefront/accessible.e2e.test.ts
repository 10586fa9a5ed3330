import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, why } from "../setup/browser.ts";
import { type ShopOnBothSides, shopOnBothSides } from "./shop-on-both-sides.ts";

let sides: ShopOnBothSides;
let browser: Browser;
beforeAll(async () => {
  sides = await shopOnBothSides(inject("postgresUrl"), 50);
  if (hasChromium) browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await sides?.stop();
});

/** What axe finds against WCAG 2.2 A and AA and its own best practice, and whether the page is wider than the window. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<axe.AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  const found = results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
  );
  const wider = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  return Number(wider) > 0 ? [...found, `wider than the window by ${wider} px`] : found;
}

async function withCart(page: Page): Promise<void> {
  const { rows } = await sides.shop.pool.query<{ id: string }>(
    "SELECT id FROM product JOIN stock ON sku = id WHERE available AND on_hand > 9 ORDER BY popularity DESC LIMIT 2",
  );
  for (const { id } of rows) {
    await page.goto(`${sides.url}/catalog/products/${id}`);
    await page.getByRole("button", { name: "Add to cart" }).click();
  }
}

async function asAdmin(page: Page): Promise<void> {
  await page.goto(`${sides.url}/sign-in?next=/checkout`);
  await page.getByLabel("E-mail").fill("admin@shop.example");
  await page.getByLabel("Password").fill("banyan-demo-shop");
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function placed(page: Page, card: string): Promise<void> {
  await page.goto(`${sides.url}/checkout`);
  await page.getByLabel("Street and number").fill("14 Fig Lane");
  await page.getByLabel("Postcode").fill("D08");
  await page.getByLabel("Town").fill("Dublin");
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Valid until").fill("12/30");
  await page.getByLabel("Security code").fill("123");
  await page.getByRole("button", { name: /^Order and pay/ }).click();
}

describe.each([1280, 390])("at a width of %i px", (width) => {
  it.skipIf(!hasChromium)(`no page of the shop has a fault that axe-core knows${why}`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    const wrong: Record<string, string[]> = {};
    let checked = 0;
    const check = async (path?: string) => {
      if (path !== undefined) await page.goto(sides.url + path);
      const found = await faults(page);
      if (found.length > 0) wrong[page.url().replace(sides.url, "")] = found;
      checked += 1;
    };

    for (const path of ["/", "/search?q=steel", "/search?q=nosuchword", "/catalog/categories/kitchen"])
      await check(path);
    for (const path of ["/cart", "/sign-in", "/sign-up?next=/checkout", "/nothing"]) await check(path);
    await withCart(page);
    await check();
    await page.locator(".lines a").first().click();
    await check();
    await asAdmin(page);
    await check();
    await placed(page, "4242 4242 4242 4241");
    await check();
    await placed(page, "4000 0000 0000 0002");
    await check();
    await placed(page, "4242 4242 4242 4242");
    await page.getByText("Cancel this order").click();
    await check();
    for (const path of ["/orders", "/checkout", "/admin?from=2015-01-01&to=2024-12-31", "/admin/stock"])
      await check(path);
    expect(wrong).toEqual({});
    expect(checked).toBe(18);
    await context.close();
  });

  it.skipIf(!hasChromium)(`a fault would be found${why}`, async () => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, bypassCSP: true });
    await page.goto(sides.url);
    await page.evaluate(
      "document.querySelector('label[for=find]').remove(); document.querySelector('#find').placeholder = ''",
    );
    expect((await faults(page)).join()).toContain("label");
    await page.close();
  });
});

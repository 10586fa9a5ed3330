import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launch, why } from "../setup/browser.ts";
import { type ShopOnBothSides, shopOnBothSides } from "./shop-on-both-sides.ts";

const PASSWORD = "banyan-demo-shop";
type Side = "monolith" | "extracted";

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

/** A browser without JavaScript, of a stranger whom the proxy sends to this side. */
async function strangerOn(side: Side): Promise<Page> {
  // Strangers are told apart by chance: of forty, all on the other side are one in 2^40.
  for (let n = 0; n < 40; n++) {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(sides.url);
    if ((await sideOf(page)).has(side)) return page;
    await context.close();
  }
  throw new Error(`no stranger came to the ${side} side`);
}

/** Which sides answered the catalog's part of the page, as its foot says. */
async function sideOf(page: Page): Promise<Set<string>> {
  const text = (await page.locator("footer").textContent()) ?? "";
  return new Set([...text.matchAll(/(?:products|categories) by (\w+)/g)].map(([, side]) => side ?? ""));
}

/** From the home page to the order's page and its invoice; gives the sides that answered as a stranger, and signed in. */
async function buy(page: Page, q: string): Promise<{ before: Set<string>; after: Set<string> }> {
  const before = await sideOf(page);
  await page.getByLabel("Search the shop").fill(q);
  await page.getByRole("button", { name: "Search" }).click();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(`Search for “${q}”`);
  for (const side of await sideOf(page)) before.add(side);

  await chooseSomethingInStock(page);
  for (const side of await sideOf(page)) before.add(side);
  const product = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
  await page.getByLabel("Quantity").fill("2");
  await page.getByRole("button", { name: "Add to cart" }).click();
  expect(await page.getByRole("link", { name: /^Cart/ }).textContent()).toContain("2");

  await page.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("link", { name: "Make an account" }).click();
  await page.getByLabel("Name").fill("Ada O'Neil");
  await page.getByLabel("E-mail").fill(`${q}${Date.now()}@mail.example`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();

  await page.getByLabel("Street and number").fill("14 Fig Lane");
  await page.getByLabel("Postcode").fill("D08");
  await page.getByLabel("Town").fill("Dublin");
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByLabel("Valid until").fill("12/30");
  await page.getByLabel("Security code").fill("123");
  await page.getByRole("button", { name: /^Order and pay/ }).click();
  expect(await page.getByRole("status").textContent()).toContain("Thank you!");
  expect(await page.getByRole("row").nth(1).textContent()).toContain(product);

  const link = page.getByRole("link", { name: "Invoice (PDF)" });
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/invoice")),
    link.click(),
  ]);
  expect([answer.status(), answer.headers()["content-type"]]).toEqual([200, "application/pdf"]);
  await page.goto(`${sides.url}/`);
  return { before, after: await sideOf(page) };
}

/** Looks at one product after the other until one can be had. */
async function chooseSomethingInStock(page: Page): Promise<void> {
  const list = page.url();
  for (let n = 0; ; n++) {
    await page.goto(list);
    await page.locator(".cards a").nth(n).click();
    if ((await page.getByRole("button", { name: "Add to cart" }).count()) > 0) return;
  }
}

describe("a person with a browser buys something through the proxy at 50 %", () => {
  it.skipIf(!hasChromium)(
    `on either side, and each sees one and the same side from page to page${why}`,
    async () => {
      const seen = new Set<string>();
      for (const [side, q] of [
        ["extracted", "steel"],
        ["monolith", "oak"],
      ] as const) {
        const page = await strangerOn(side);
        const { before, after } = await buy(page, q);
        expect([...before]).toEqual([side]);
        expect(after.size).toBe(1); // signed in, it is the customer that counts, on whichever side
        for (const each of [...before, ...after]) seen.add(each);
        await page.context().close();
      }
      expect([...seen].sort()).toEqual(["extracted", "monolith"]);
      expect(sides.shop.mails).toHaveLength(2);
      const { rows } = await sides.shop.cards.pool.query("SELECT status FROM charge");
      expect(rows.map(({ status }) => status)).toEqual(["charged", "charged"]);
    },
  );

  it.skipIf(!hasChromium)(`and both sides make the same pages${why}`, async () => {
    const pages = { extracted: await strangerOn("extracted"), monolith: await strangerOn("monolith") };
    for (const path of ["/", "/search?q=steel&category=kitchen", "/catalog/categories/garden?page=2"]) {
      const texts: string[] = [];
      for (const page of [pages.extracted, pages.monolith]) {
        await page.goto(sides.url + path);
        texts.push(await page.locator("main").innerHTML());
      }
      expect(texts[0], path).toBe(texts[1]);
    }
  });
});

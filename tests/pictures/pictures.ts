// `npm run docs:pictures`: takes the pictures in docs/pictures of the stack that is up, with a real browser, as a
// customer and an operator would see it. Buys one thing on the way. A report is pictured if there is one.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD } from "@banyan/monolith/seed/customers.ts";
import { stackContext } from "@banyan/scripts/commands/context.ts";
import { ROOT, runCommand } from "@banyan/scripts/lesson/script.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { lacking, launch } from "../setup/browser.ts";

const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** Of a page that is drawn by scripts: until its fonts and pictures stand. */
const DRAWN = { timeout: 30_000 };

await runCommand(async (command) => {
  const context = await stackContext(command);
  if (lacking !== undefined) throw new BanyanError("BYN-PARTS-014", lacking);
  const folder = join(ROOT, "docs", "pictures");
  mkdirSync(folder, { recursive: true });
  const { addresses, install, places } = context;
  const shot = async (page: Page, name: string) => {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    command.screen.good(join(folder, `${name}.png`));
  };
  const browser = await launch();
  try {
    await shop(browser, addresses.proxy, shot);
    await reports(browser, addresses.proxy, shot);
    if (command.environment.UNLEASH_URL === undefined) {
      await dashboard(browser, addresses.unleash, install.unleash.adminPassword, shot);
    }
    if (existsSync(places.report)) {
      const page = await (await open(browser, DESK)).newPage();
      await page.goto(pathToFileURL(places.report).href);
      await page.locator("canvas").first().waitFor(DRAWN);
      await shot(page, "report");
    }
  } finally {
    await browser.close();
  }
});

type Shot = (page: Page, name: string) => Promise<void>;

function open(browser: Browser, viewport: { width: number; height: number }): Promise<BrowserContext> {
  return browser.newContext({ viewport });
}

/** From the home page to an order, and the home page once more on a phone. */
async function shop(browser: Browser, base: string, shot: Shot): Promise<void> {
  const context = await open(browser, DESK);
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await shot(page, "shop-home");
  await page.getByRole("searchbox").fill("oak");
  await page.getByRole("button", { name: "Search" }).click();
  await page.locator('main a[href^="/catalog/products/"]').first().click();
  await page.getByRole("button", { name: "Add to cart" }).waitFor();
  await shot(page, "shop-product");
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.goto(`${base}/sign-up?next=%2Fcheckout`);
  await page.getByLabel("Name").fill("Ada Example");
  await page.getByLabel("E-mail").fill(`ada.${Date.now()}@mail.example`);
  await page.getByLabel("Password").fill("a-picture-of-a-shop");
  await page.locator("main form button").click();
  await page.waitForURL("**/checkout");
  await page.locator('[name="shipTo.street"]').fill("1 Fig Lane");
  await page.locator('[name="shipTo.postcode"]').fill("1000");
  await page.locator('[name="shipTo.city"]').fill("Example");
  await page.locator('[name="card.number"]').fill("4242 4242 4242 4242");
  await page.locator('[name="card.expiry"]').fill(`12/${(new Date().getFullYear() + 1) % 100}`);
  await page.locator('[name="card.cvc"]').fill("123");
  await shot(page, "shop-checkout");
  await page.locator("main form button").click();
  await page.waitForURL(/\/orders\//);
  await shot(page, "shop-order");
  await page.setViewportSize(PHONE);
  await page.goto(`${base}/`);
  await shot(page, "shop-phone");
  await context.close();
}

/** What the administrator sees. */
async function reports(browser: Browser, base: string, shot: Shot): Promise<void> {
  const context = await open(browser, DESK);
  const page = await context.newPage();
  await page.goto(`${base}/sign-in?next=%2Fadmin`);
  await page.getByLabel("E-mail").fill(ADMIN_EMAIL);
  await page.getByLabel("Password").fill(DEMO_PASSWORD);
  await page.locator("main form button").click();
  await page.waitForURL("**/admin");
  await shot(page, "shop-reports");
  await context.close();
}

async function dashboard(browser: Browser, base: string, password: string, shot: Shot): Promise<void> {
  const context = await open(browser, DESK);
  const page = await context.newPage();
  await page.goto(`${base}/login`);
  await page.fill("input[name=username]", "admin");
  await page.fill("input[name=password]", password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.includes("login"));
  await page.goto(`${base}/projects/default/features/catalog`);
  await page.getByRole("switch", { name: "development" }).waitFor(DRAWN);
  // The dashboard greets a new person with a dialogue.
  await page.keyboard.press("Escape");
  await page.waitForLoadState("networkidle");
  await shot(page, "unleash");
  await context.close();
}

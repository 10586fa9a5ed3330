import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createUnleashAdmin, type UnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { adminTokenOf } from "@banyan/scripts/parts/unleash.ts";
import { listProcesses, stopProcess } from "@banyan/scripts/stack/process.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasChromium, launch, why } from "../setup/browser.ts";
import { type TestStack, testStack } from "../stack/stack.ts";

let stack: TestStack;
let admin: UnleashAdmin;
let password: string;
beforeAll(async () => {
  stack = await testStack();
  await stack.json(["up", "--port-base", String(stack.portBase)]);
  await stack.json(["sync", "catalog"]);
  const install = JSON.parse(readFileSync(join(stack.home, "install.json"), "utf8"));
  password = install.unleash.adminPassword;
  admin = createUnleashAdmin({
    url: stack.unleash,
    token: adminTokenOf(install.unleash),
    environment: "development",
    timeoutMs: 10_000,
  });
});
afterAll(async () => {
  await stack.remove();
});

const sideOf = async () => (await fetch(`${stack.proxy}/api/categories`)).headers.get("x-banyan-side");
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });

describe("flags in a real Unleash", () => {
  it("are made with a strategy at 0 % before they are switched on, so nothing ever moves by being made", async () => {
    expect(await admin.read("catalog")).toEqual({
      flag: "catalog",
      percentage: 0,
      on: true,
      kill: false,
      unmovable: undefined,
    });
    const events = await eventsOf("catalog");
    const switchedOn = events.indexOf("feature-environment-enabled");
    const strategy = events.indexOf("feature-strategy-add");
    expect(strategy).toBeGreaterThanOrEqual(0);
    expect(switchedOn).toBeGreaterThan(strategy);
    expect(events.filter((type) => type === "feature-strategy-add")).toHaveLength(1);
    expect(await admin.ensureFlags("catalog", "again")).toBe("there");
  });

  it("move by the Admin API, and the proxy follows", async () => {
    await admin.setPercentage("catalog", 100);
    await until(async () => expect(await sideOf()).toBe("extracted"));
    await admin.setPercentage("catalog", 0);
    await until(async () => expect(await sideOf()).toBe("monolith"));
  });

  it("are killed by the kill switch alone, and come back with it", async () => {
    await admin.setPercentage("catalog", 100);
    await until(async () => expect(await sideOf()).toBe("extracted"));
    await admin.setKill("catalog", true);
    await until(async () => expect(await sideOf()).toBe("monolith"));
    expect(await admin.read("catalog")).toMatchObject({ percentage: 100, kill: true });
    await admin.setKill("catalog", false);
    await until(async () => expect(await sideOf()).toBe("extracted"));
  });

  it("are shown as unproved by `status` when a person moved them, and that stands in the ledger once", async () => {
    const status = await stack.json(["status"]);
    expect(status.data).toMatchObject({
      capabilities: expect.arrayContaining([
        expect.objectContaining({
          capability: "catalog",
          percentage: 100,
          provedPercentage: 0,
          unproved: true,
        }),
      ]),
    });
    await stack.json(["status"]);
    const ledger = readFileSync(join(stack.home, "ledger.jsonl"), "utf8").trim().split("\n");
    expect(ledger.filter((line) => line.includes('"manual"'))).toHaveLength(1);
    const next = await stack.json(["next", "catalog"]);
    expect(next).toMatchObject({ code: 6, data: { error: { code: "BYN-CLI-008" } } });
    expect(await stack.json(["rollback", "catalog"])).toMatchObject({ code: 0, data: { from: 100, to: 0 } });
    expect(await sideOf()).toBe("monolith");
  });

  it.skipIf(!hasChromium)(
    `change the side when a person clicks the switch in the dashboard${why}`,
    async () => {
      await admin.setPercentage("catalog", 100);
      await until(async () => expect(await sideOf()).toBe("extracted"));
      const browser = await launch();
      try {
        const page = await loggedIn(browser);
        await page.goto(`${stack.unleash}/projects/default/features/catalog`);
        const toggle = page.getByRole("switch", { name: "development" });
        await toggle.waitFor({ timeout: 30_000 });
        expect(await toggle.isChecked()).toBe(true);
        await toggle.click();
        await until(async () => expect(await sideOf()).toBe("monolith"));
        await toggle.click();
        await until(async () => expect(await sideOf()).toBe("extracted"));
        await page.goto(`${stack.proxy}/`);
        await page.getByRole("link").first().waitFor();
      } finally {
        await browser.close();
      }
    },
  );

  it("stay as they were last known while Unleash is down, and after the proxy was restarted too", async () => {
    await stopProcess(stack.home, "unleash");
    expect(await sideOf()).toBe("extracted");
    const proxy = (await listProcesses(stack.home)).find(({ name }) => name === "proxy");
    await stopProcess(stack.home, "proxy");
    expect(proxy?.running).toBe(true);
    // `up` would start Unleash again: the proxy alone is started by the supervisor's own record.
    await stack.restartProxyAlone();
    expect(await sideOf()).toBe("extracted");
    expect((await stack.json(["up"])).code).toBe(0);
    await admin.setPercentage("catalog", 0);
    await until(async () => expect(await sideOf()).toBe("monolith"));
  });
});

/** Chromium as root and without a network of its own. */
async function loggedIn(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${stack.unleash}/login`);
  await page.locator("input[name=username]").fill("admin");
  await page.locator("input[name=password]").fill(password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.includes("login"), { timeout: 30_000 });
  return page;
}

/** Types of a flag's events, oldest first. */
async function eventsOf(flag: string): Promise<string[]> {
  const install = JSON.parse(readFileSync(join(stack.home, "install.json"), "utf8"));
  const response = await fetch(`${stack.unleash}/api/admin/search/events?feature=IS:${flag}&limit=100`, {
    headers: { authorization: adminTokenOf(install.unleash) },
  });
  const { events } = (await response.json()) as { events: { id: number; type: string }[] };
  return events.sort((a, b) => a.id - b.id).map(({ type }) => type);
}

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { close, listen } from "../lifecycle/listen.ts";
import { createLog } from "../logging/log.ts";
import type { FlagSource } from "./flag-source.ts";
import { unleashSource } from "./unleash-source.ts";

// Unleash itself never answers like this; the real one is met in tests/flags.
const log = createLog("test", "silent");
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const done of cleanUp.splice(0).reverse()) await done();
});

function flags(rollout: number): string {
  const parameters = { rollout: String(rollout), stickiness: "userId", groupId: "catalog" };
  return JSON.stringify({
    version: 2,
    features: [
      { name: "catalog", enabled: true, strategies: [{ name: "flexibleRollout", parameters }] },
      { name: "catalog.kill", enabled: false, strategies: [] },
    ],
  });
}

const json =
  (body: string): RequestListener =>
  (_, response) =>
    response.setHeader("content-type", "application/json").end(body);

/** A server whose answer can be changed, and that can go away and come back on its port. */
async function fakeUnleash(first: RequestListener) {
  const now = { answer: first, asked: 0 };
  let server: Server;
  const start = async (port: number) => {
    server = createServer((request, response) => {
      now.asked++;
      now.answer(request, response);
    });
    return listen(server, port);
  };
  const port = await start(0);
  cleanUp.push(() => close(server, 0));
  return { now, url: `http://127.0.0.1:${port}`, stop: () => close(server, 0), restart: () => start(port) };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "banyan-flags-"));
  // unleash-client may still be writing its backup: closing does not wait for that.
  cleanUp.push(() => rmSync(made, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return made;
}

async function open(url: string, backupFolder: string): Promise<FlagSource> {
  const source = await unleashSource(
    {
      url,
      token: "t",
      appName: "banyan-test",
      flags: { catalog: "catalog" },
      backupFolder,
      refreshIntervalMs: 30,
      reviveAfterMs: 150,
      firstContactMs: 1_000,
    },
    log,
  );
  cleanUp.push(() => source.close());
  return source;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

describe("intent from Unleash", () => {
  it("follows the flag", async () => {
    const unleash = await fakeUnleash(json(flags(5)));
    const source = await open(unleash.url, folder());
    expect(source.intentOf("catalog")?.percentage).toBe(5);
    expect(source.health().state).toBe("live");
    unleash.now.answer = json(flags(60));
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(60));
  });

  it("keeps the last known flags when Unleash goes away, and follows again when it is back", async () => {
    const unleash = await fakeUnleash(json(flags(30)));
    const source = await open(unleash.url, folder());
    await unleash.stop();
    await until(() => expect(source.health().state).toBe("remembered"));
    expect(source.intentOf("catalog")?.percentage).toBe(30);
    unleash.now.answer = json(flags(40));
    await unleash.restart();
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(40));
    await until(() => expect(source.health().state).toBe("live"));
  });

  it("starts from the backup file when Unleash is away at boot", async () => {
    const backup = folder();
    const unleash = await fakeUnleash(json(flags(20)));
    const before = await open(unleash.url, backup);
    await until(() => expect(before.intentOf("catalog")?.percentage).toBe(20));
    await before.close();
    await unleash.stop();
    const source = await open(unleash.url, backup);
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(20));
    expect(source.health().state).toBe("remembered");
  });

  it("knows nothing, and says so, when Unleash is away at boot and there is no backup", async () => {
    const unleash = await fakeUnleash(json(flags(20)));
    await unleash.stop();
    const source = await open(unleash.url, folder());
    expect(source.intentOf("catalog")).toBeUndefined();
    expect(source.health().state).toBe("unknown");
    await unleash.restart();
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(20));
  });

  it("recovers from a refused token without a restart, though unleash-client stops polling for good", async () => {
    const refuse: RequestListener = (_, response) => response.writeHead(401).end();
    const unleash = await fakeUnleash(refuse);
    const source = await open(unleash.url, folder());
    expect(source.health().state).toBe("unknown");
    unleash.now.answer = json(flags(10));
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(10));
    unleash.now.answer = refuse;
    const asked = unleash.now.asked;
    await until(() => expect(unleash.now.asked).toBeGreaterThan(asked + 1));
    expect(source.intentOf("catalog")?.percentage).toBe(10);
  });

  it.each([
    ["an error page", "<html>502</html>"],
    ["an empty object", "{}"],
    ["features that are no list", '{"version":2,"features":"none"}'],
    ["a flag without strategies", '{"version":2,"features":[{"name":"catalog","enabled":true}]}'],
    ["other people's flags", '{"version":2,"features":[{"name":"other","enabled":true,"strategies":[]}]}'],
    ["half an answer", flags(90).slice(0, 60)],
  ])("does not believe %s", async (_what, garbage) => {
    const unleash = await fakeUnleash(json(flags(30)));
    const source = await open(unleash.url, folder());
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(30));
    unleash.now.answer = json(garbage);
    const asked = unleash.now.asked;
    await until(() => expect(unleash.now.asked).toBeGreaterThan(asked + 2));
    expect(source.intentOf("catalog")?.percentage).toBe(30);
    unleash.now.answer = json(flags(31));
    await until(() => expect(source.intentOf("catalog")?.percentage).toBe(31));
  });
});

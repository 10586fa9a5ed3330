import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUICK } from "@banyan/evidence/duet/protocol.ts";
import { PAIN_KINDS } from "@banyan/evidence/pains/samples.ts";
import { shareOf, summaryOf } from "@banyan/evidence/pains/summary.ts";
import { runDuet } from "@banyan/loadtests/runner/duet.ts";
import { type LoadIo, runJourney } from "@banyan/loadtests/runner/journey.ts";
import type { BackgroundOptions, DuetResult } from "@banyan/loadtests/runner/options.ts";
import { type PainsOptions, runPains } from "@banyan/loadtests/runner/pains.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD, seedCustomers } from "@banyan/monolith/seed/customers.ts";
import { openShop, type Shop } from "@banyan/monolith/shop.fixture.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

// The test command says where k6 is; it never fetches one by itself.
const k6Path = process.env.BANYAN_K6 ?? "";

const customers = {
  emails: seedCustomers(1, 3)
    .filter(({ role }) => role === "customer")
    .map(({ email }) => email),
  password: DEMO_PASSWORD,
};

let shop: Shop;
let folder: string;
let locks: string[] = [];
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { orders: 200 });
  folder = await mkdtemp(join(tmpdir(), "banyan-shop-load-"));
});
afterAll(async () => {
  await shop.stop();
  await rm(folder, { recursive: true, force: true });
});

const io = (): LoadIo => {
  locks = [];
  return {
    k6Path,
    folder,
    takeLoadLock: async () => {
      locks.push("taken");
      return { [Symbol.asyncDispose]: async () => void locks.push("released") };
    },
  };
};

const pains = (change: Partial<PainsOptions> = {}): PainsOptions => ({
  url: shop.url,
  customers,
  admin: { emails: [ADMIN_EMAIL], password: DEMO_PASSWORD },
  size: {
    everyonePerSecond: 20,
    warmUpMs: 300,
    blockMs: 500,
    rounds: 1,
    rampPerSecond: [20, 40],
    rampStepMs: 700,
  },
  seed: 4,
  today: new Date(),
  shopPid: process.pid,
  allowedHosts: [],
  ...change,
});

describe.skipIf(k6Path === "")(
  "load on a real shop, too short to time anything (skipped without BANYAN_K6)",
  () => {
    test("customers walk through the shop, and every answer is what was asked for", async () => {
      const result = await runJourney(
        {
          url: shop.url,
          headers: {},
          accounts: customers,
          ratePerSecond: 30,
          thinkMs: 150,
          durationMs: 3_000,
          seed: 11,
          allowedHosts: [],
        },
        io(),
      );
      expect(result.routes.map(({ route }) => route)).toContain("GET /api/inventory/:sku");
      expect(result.routes.filter(({ wrong }) => Object.keys(wrong).length > 0)).toEqual([]);
      expect(result.requests).toBeGreaterThan(10);
      expect(result.served).toEqual({ "": result.requests });
      expect(JSON.stringify(result)).not.toContain("invoice");
      expect(locks).toEqual(["taken", "released"]);
      expect(await readdir(folder)).toEqual([]);
    });

    test("the pains are measured: each kind was asked for, rightly answered, and can be told", async () => {
      const heard = new Set<string>();
      const samples = await runPains(
        pains({ onProgress: (_what, _ratio, now) => heard.add(now ?? "") }),
        io(),
      );
      expect(samples.wrong).toEqual({});
      for (const kind of PAIN_KINDS) {
        expect(samples.disturbances.filter((of) => of.kind === kind).length, kind).toBeGreaterThan(0);
      }
      expect(Object.keys(samples.checkouts[0]?.parts ?? {})).toEqual(["stock", "charge", "mail", "commit"]);
      expect(new Set(samples.probes.map(({ route }) => route))).toEqual(new Set(["livez", "readyz"]));
      expect(samples.ramp.map(({ targetPerSecond }) => targetPerSecond)[0]).toBe(20);
      expect(samples.ramp[0]?.answered).toBeGreaterThan(0);
      expect(samples.ramp[0]?.generatorCores === null).toBe(process.platform !== "linux");
      const summary = summaryOf(samples);
      expect(shareOf(summary.checkout, "mail")).not.toBeNull();
      expect(summary.effects.every(({ quiet }) => quiet.n > 0)).toBe(true);
      expect(heard).toContain("one report at a time");
      expect(shop.mails.length).toBeGreaterThan(0);
      expect(await readdir(folder)).toEqual([]);
    });

    /** A short duet of the shop with itself; beside it journeys of such a user. */
    async function duetBeside(
      user: BackgroundOptions["users"][number],
      sidedRoutes: readonly string[],
    ): Promise<DuetResult["background"]> {
      const home = await mkdtemp(join(folder, "duet-"));
      const result = await runDuet(
        {
          a: { url: shop.url, headers: {} },
          b: { url: shop.url, headers: {} },
          corpus: [{ path: "/api/categories", route: "GET /api/categories", weight: 1 }],
          ignores: [],
          ratePerSecond: 40,
          background: {
            url: shop.url,
            ratePerSecond: 30,
            users: [user],
            journey: { accounts: customers, thinkMs: 150, sidedRoutes },
          },
          protocol: { ...QUICK, blockMs: 500, warmUpMs: 500, looksMs: [1_500, 3_000] },
          seed: 11,
          allowedHosts: [],
          requestTimeoutMs: 2_000,
        },
        { ...io(), folder: home },
      );
      await rm(home, { recursive: true });
      return result.background;
    }

    test("a duet's background can be whole journeys, routed by their customers' headers", async () => {
      const background = await duetBeside({ headers: {} }, ["GET /api/products"]);
      expect(background.sent).toBeGreaterThan(10);
      expect(background.wrong).toBe(0);
      // Of these only the capability's are routed, and none in a solo block.
      expect(background.served[""]).toBeGreaterThan(0);
      expect(background.served[""]).toBeLessThan(background.sent);
    });

    test("the wrong side for a capability's route is a wrong answer of the background", async () => {
      // The shop itself names no side.
      const background = await duetBeside({ headers: {}, expectedSide: "extracted" }, ["GET /api/products"]);
      expect(background.wrong).toBeGreaterThan(0);
      expect(background.wrong).toBeLessThan(background.sent);
    });

    test("an abort ends it and leaves nothing", async () => {
      const abort = new AbortController();
      const onProgress = (what: string) => {
        if (what.startsWith("everyone")) abort.abort();
      };
      const run = runPains(pains({ signal: abort.signal, onProgress }), io());
      await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-061" });
      expect(locks).toEqual(["taken", "released"]);
      expect(await readdir(folder)).toEqual([]);
    });
  },
);

test("a customer whom the shop does not know is told by e-mail and code, never by password", async () => {
  const run = runPains(
    pains({ customers: { emails: ["nobody@mail.example"], password: "wrong-secret" } }),
    io(),
  );
  await expect(run).rejects.toMatchObject({
    code: "BYN-EVIDENCE-067",
    detail: expect.stringContaining("nobody@mail.example"),
  });
  await expect(run).rejects.not.toThrow("wrong-secret");
});

test("customers without orders have nothing to invoice, and that is told", async () => {
  await using empty = await emptyShop();
  const run = runPains(pains({ url: empty.shop.url }), io());
  await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-068" });
});

test("more than the bound, or no time to think, is refused before anything is asked", async () => {
  const options = {
    url: "http://127.0.0.1:1",
    headers: {},
    accounts: { emails: [], password: "" },
    ratePerSecond: 60,
    thinkMs: 0,
    durationMs: 1_000,
    seed: 1,
    allowedHosts: [],
  };
  await expect(runJourney(options, io())).rejects.toMatchObject({
    code: "BYN-EVIDENCE-062",
    mistakes: [{ place: "ratePerSecond" }, { place: "thinkMs" }, { place: "accounts" }],
  });
  expect(locks).toEqual([]);
});

async function emptyShop() {
  const opened = await openShop(inject("postgresUrl"));
  return { shop: opened, [Symbol.asyncDispose]: () => opened.stop() };
}

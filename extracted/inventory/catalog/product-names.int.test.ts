import { createServer, type Server } from "node:http";
import type { Product } from "@banyan/contracts/http/catalog.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpProductNames, type ProductNames } from "./product-names.ts";

let server: Server;
let asked: string[];
let atOnce: number;
let mostAtOnce: number;
let names: ProductNames;
let url: string;
let nowMs: number;
/** What the catalog answers; undefined: never. */
let answer: (id: string) => { readonly status: number; readonly body: unknown } | undefined;

beforeEach(async () => {
  [asked, atOnce, mostAtOnce, nowMs] = [[], 0, 0, 0];
  answer = (id) => ({ status: 200, body: productOf(id) });
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers[HEADERS.service]}`);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on("close", () => {
      atOnce -= 1;
    });
    const given = answer(request.url?.split("/").at(-1) ?? "");
    if (given === undefined) return;
    response.writeHead(given.status, { "content-type": "application/json" });
    // After the others have had their turn to ask.
    setImmediate(() => response.end(JSON.stringify(given.body)));
  });
  url = `http://127.0.0.1:${await listen(server, 0)}`;
  names = namesWithin(5_000);
});
afterEach(() => close(server, 100));

function namesWithin(deadlineMs: number): ProductNames {
  const service = { name: "the catalog", base: () => url, token: "token", deadlineMs };
  return httpProductNames(service, () => nowMs);
}

function productOf(id: string): Product {
  return {
    id,
    name: `Product ${id}`,
    category: "cups",
    price: { amount: 1, currency: "EUR" },
    available: true,
    description: "-",
    attributes: {},
    breadcrumb: [],
    related: [],
    version: 1,
    updatedAt: "2026-11-28T00:00:00.000Z",
  };
}

test("a name is the catalog's, and what it does not have has none", async () => {
  expect(await names.nameOf("a")).toBe("Product a");
  expect(asked).toEqual(["GET /api/products/a token"]);
  answer = () => ({ status: 404, body: {} });
  expect(await names.nameOf("a")).toBeUndefined();
});

test.each([
  ["breaks", () => ({ status: 500, body: {} })],
  ["answers with something else", () => ({ status: 200, body: { name: "x" } })],
  ["says nothing", () => undefined],
])("a catalog that %s is away", async (_what, given) => {
  answer = given;
  await expect(namesWithin(200).nameOf("a")).rejects.toMatchObject({ code: "BYN-SHOP-032" });
});

test("a page's names are asked for, eight at once at most; what is unknown is left out", async () => {
  const skus = Array.from({ length: 48 }, (_, n) => `sku-${n}`);
  answer = (id) => (id === "sku-7" ? { status: 404, body: {} } : { status: 200, body: productOf(id) });
  const found = await names.namesOf(skus);
  expect(found.size).toBe(47);
  expect(found.get("sku-9")).toBe("Product sku-9");
  expect(mostAtOnce).toBeLessThanOrEqual(8);
  expect(new Set(asked).size).toBe(48);
});

test("a catalog that is away is not asked for the rest of a page", async () => {
  answer = () => ({ status: 503, body: {} });
  expect(await names.namesOf(Array.from({ length: 48 }, (_, n) => `sku-${n}`))).toEqual(new Map());
  expect(asked.length).toBeLessThanOrEqual(8);
});

test("after its time a page goes without the names that are missing", async () => {
  answer = (id) => {
    if (asked.length === 10) nowMs += 1_500;
    return { status: 200, body: productOf(id) };
  };
  const found = await names.namesOf(Array.from({ length: 48 }, (_, n) => `sku-${n}`));
  expect(found.size).toBeGreaterThanOrEqual(8);
  expect(found.size).toBeLessThan(48);
});

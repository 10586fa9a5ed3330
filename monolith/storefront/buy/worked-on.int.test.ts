import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { PROBLEM_CONTENT_TYPE, problemOf } from "@banyan/contracts/errors/problem.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import express, { type Response as Answer } from "express";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { orderOfLines } from "../../invoices/order.fixture.ts";
import { storefrontRefusals, storefrontRoutes } from "../routes.ts";

/* Checkout before an API that is made up: one that finishes orders later, loses answers, and knows keys again. */

const eur = (amount: number) => ({ amount, currency: "EUR" });
const product = {
  id: "p-1",
  name: "Loaf Tin",
  category: "kitchen",
  price: eur(1_250),
  available: true,
};
const CART = {
  lines: [{ product, quantity: 1, lineTotal: eur(1_250) }],
  items: 1,
  total: eur(1_250),
};
const ADA = { id: "c-1", email: "ada@example.org", name: "Ada", role: "customer" };

let order: Order;
/** What the next checkout answers. */
let refusal: ErrorCode | undefined;
let keys: (string | undefined)[] = [];
let shop = "";

function refuse(answer: Answer, code: ErrorCode): void {
  const error = new BanyanError(code, "as the test wants it");
  answer.status(error.entry.status).set("retry-after", "1").type(PROBLEM_CONTENT_TYPE);
  answer.send(JSON.stringify(problemOf(error)));
}

const api = createServer(
  express()
    .get("/api/me", (_request, answer) => void answer.json(ADA))
    .get("/api/cart", (_request, answer) => void answer.json(CART))
    .get("/api/orders/:id", (_request, answer) => void answer.json(order))
    .post("/api/orders", (request, answer) => {
      keys.push(request.get("idempotency-key"));
      if (refusal === undefined) answer.status(order.status === "pending" ? 202 : 201).json(order);
      else refuse(answer, refusal);
    })
    .post("/api/orders/:id/cancel", (_request, answer) => refuse(answer, refusal ?? "BYN-SHOP-001")),
);

const log = createLog("test", "silent");
const base = { url: "" };
const deps = { base: () => base.url, log, now: Date.now, newId: randomUUID };
const storefront = createServer(
  express().use(requestId).use(storefrontRoutes(deps)).use(storefrontRefusals(deps)),
);

beforeAll(async () => {
  base.url = `http://127.0.0.1:${await listen(api, 0)}`;
  shop = `http://127.0.0.1:${await listen(storefront, 0)}`;
});
afterAll(async () => {
  await close(storefront, 50);
  await close(api, 50);
});
beforeEach(() => {
  order = orderOfLines(1);
  refusal = undefined;
  keys = [];
});

async function go(path: string, form?: Record<string, string>) {
  const answer = await fetch(shop + path, {
    redirect: "manual",
    method: form === undefined ? "GET" : "POST",
    headers: { accept: "text/html", cookie: "session=s" },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const keyIn = (text: string) => /type="hidden" name="key" value="([^"]+)"/.exec(text)?.[1] ?? "";
const formWith = (key: string) => ({ "shipTo.name": "Ada", "card.number": "4242424242424242", key });

test("each checkout's form has a key of its own, which goes to the API as Idempotency-Key: twice, with two clicks", async () => {
  const [one, other] = [keyIn((await go("/checkout")).text), keyIn((await go("/checkout")).text)];
  expect(one).toMatch(/^[0-9a-f-]{36}$/);
  expect(other).not.toBe(one);
  const clicks = await Promise.all([go("/checkout", formWith(one)), go("/checkout", formWith(one))]);
  expect(clicks.map(({ headers }) => headers.get("location"))).toEqual(
    Array(2).fill(`/orders/${order.id}?placed=1`),
  );
  expect(keys).toEqual([one, one]);
});

test.each([
  ["none", ""],
  ["one that is no key", "Zoë\u2028"],
])("a form with %s is sent under a new one", async (_what, key) => {
  expect((await go("/checkout", formWith(key))).status).toBe(303);
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test.each<[ErrorCode, string]>([
  ["BYN-SHOP-031", "still being worked on"],
  ["BYN-SHOP-032", "It is ordered once"],
])("while nobody knows what became of it (%s), the form keeps its key", async (code, said) => {
  refusal = code;
  const { text, headers } = await go("/checkout", formWith("key-1"));
  expect(text).toContain(said);
  expect(keyIn(text)).toBe("key-1");
  expect(headers.get("retry-after")).toBe("1");
});

test.each<[ErrorCode, string]>([
  ["BYN-SHOP-016", "Pay with another card"],
  ["BYN-SHOP-017", "Try again in a moment"],
  ["BYN-SHOP-028", "Order again"],
  ["BYN-SHOP-029", "look at your orders"],
  ["BYN-DATA-021", "This form was sent before"],
])("after %s it is another order that the form makes: a new key", async (code, said) => {
  refusal = code;
  const { text } = await go("/checkout", formWith("key-1"));
  expect(text).toContain(said);
  expect(keyIn(text)).toMatch(/^[0-9a-f-]{36}$/);
});

test("a checkout that is still being worked on leads to the order's page, which looks again until it is done", async () => {
  order = orderOfLines(1, { status: "pending", payment: { id: "p", status: "pending", cardLast4: "4242" } });
  const path = (await go("/checkout", formWith("key-1"))).headers.get("location") ?? "";
  expect(path).toBe(`/orders/${order.id}?placed=1`);
  const pending = await go(path);
  expect(pending.text).toContain('<meta http-equiv="refresh" content="3">');
  expect(pending.text).toContain("is being paid");
  order = orderOfLines(1);
  const placed = await go(path);
  expect(placed.text).not.toContain('http-equiv="refresh"');
  expect(placed.text).toContain("Thank you!");
});

test.each(["cancelling", "cancelled", "failed"] as const)("a page of a %s order does not", async (status) => {
  order = orderOfLines(1, { status });
  expect((await go(`/orders/${order.id}`)).text).not.toContain('http-equiv="refresh"');
});

test.each<[ErrorCode, string]>([
  ["BYN-SHOP-018", "It stays as it is"],
  ["BYN-SHOP-017", "What was begun is finished by itself"],
  ["BYN-SHOP-032", "What was begun is finished by itself"],
])("a cancelling that is answered %s shows the order as it stands", async (code, said) => {
  refusal = code;
  order = orderOfLines(1, { status: "cancelling", cancelledAt: "2026-11-21T08:00:00.000Z" });
  const { status, text } = await go(`/orders/${order.id}/cancel`, {});
  expect([status, text.includes(said), text.includes("Being cancelled")]).toEqual([
    code === "BYN-SHOP-018" ? 409 : 503,
    true,
    true,
  ]);
});

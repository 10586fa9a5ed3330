import { MISDIRECTED_HEADER, readMisdirected } from "@banyan/contracts/http/misdirected.ts";
import { Reservation } from "@banyan/contracts/http/reservations.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { forSale, type JsonAnswer, keysOf, refusal, send } from "./shop-sides.ts";
import { STOCK_SIDES, type StockSide } from "./stock-sides.ts";

const UNKNOWN = "0190a000-0000-7000-8000-00000000abcd";
const LATER = new Date(Date.now() + 600_000).toISOString();

describe.each(STOCK_SIDES)("reservations at the $name keep the contract", ({ open }) => {
  let side: StockSide;
  let skus: string[] = [];
  let [first = "", second = "", moved = ""]: string[] = [];
  beforeAll(async () => {
    side = await open(inject("postgresUrl"));
    skus = await forSale(side, 40, 7);
    [first = ""] = skus;
    // Others than `first` stay where they are when the last one's slot moves.
    const others = skus.filter((sku) => stockSlot(sku) !== stockSlot(first));
    [second = "", moved = ""] = [
      others[0] ?? "",
      others.findLast((sku) => stockSlot(sku) !== stockSlot(others[0] ?? "")) ?? "",
    ];
  });
  afterAll(() => side?.stop());

  const ask = (method: "PUT" | "DELETE", path: string, body?: unknown): Promise<JsonAnswer> =>
    send(side, method, `/internal/inventory/${path}`, {
      headers: side.service,
      ...(body === undefined ? {} : { body }),
    });
  const reserve = (sku: string, id: string, quantity: number) =>
    ask("PUT", `${sku}/reservations/${id}`, { quantity, expiresAt: LATER });
  const availableOf = async (sku: string) =>
    (await send(side, "GET", `/api/inventory/${sku}`)).json as { available: number };

  it("by taking stock at once, giving it back once, and answering a repeat the same", async () => {
    const held = await reserve(first, "order-aaaa-1", 2);
    expect(Reservation.parse(held.json)).toEqual({
      id: "order-aaaa-1",
      sku: first,
      quantity: 2,
      state: "held",
      expiresAt: LATER,
    });
    expect(keysOf(held.json)).toEqual(keysOf(Reservation.parse(held.json)));
    expect([held.status, held.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect((await reserve(first, "order-aaaa-1", 2)).text).toBe(held.text);
    expect(await availableOf(first)).toEqual({ sku: first, available: 5 });
    for (const [rest, state, available] of [
      ["confirmation", "confirmed", 5],
      ["return", "returned", 7],
    ] as const) {
      for (let twice = 0; twice < 2; twice++) {
        const answer = await ask("PUT", `${first}/reservations/order-aaaa-1/${rest}`, {
          quantity: 2,
        });
        expect([answer.status, Reservation.parse(answer.json).state]).toEqual([200, state]);
        expect((await availableOf(first)).available).toBe(available);
      }
    }
  });

  it("by refusing more than there is, with how many are left", async () => {
    const short = await reserve(first, "order-bbbb-1", 8);
    expect(refusal(short)).toEqual([409, "BYN-SHOP-015"]);
    expect(short.json).toMatchObject({ errors: [{ place: first, message: "only 7 left" }] });
    expect(refusal(await reserve(UNKNOWN, "order-bbbb-2", 1))).toEqual([409, "BYN-SHOP-015"]);
  });

  it("by remembering what was given up before it was asked for", async () => {
    const tombstone = await ask("PUT", `${second}/reservations/order-cccc-1/release`);
    expect(tombstone.json).toMatchObject({ state: "released", quantity: 0 });
    expect(refusal(await reserve(second, "order-cccc-1", 1))).toEqual([409, "BYN-SHOP-028"]);
    const confirmed = await ask("PUT", `${second}/reservations/order-cccc-1/confirmation`);
    expect(refusal(confirmed)).toEqual([409, "BYN-SHOP-028"]);
    expect((await availableOf(second)).available).toBe(7);
  });

  it("by giving back what was sold before there were reservations, once", async () => {
    for (let twice = 0; twice < 2; twice++) {
      const answer = await ask("PUT", `${second}/reservations/order-dddd-1/return`, { quantity: 3 });
      expect(answer.json).toMatchObject({ state: "returned", quantity: 3 });
      expect((await availableOf(second)).available).toBe(10);
    }
  });

  it("and opens and closes books, as often as asked", async () => {
    for (let twice = 0; twice < 2; twice++) {
      const opened = await ask("PUT", UNKNOWN);
      expect([opened.status, opened.text]).toEqual([204, ""]);
      expect(await availableOf(UNKNOWN)).toEqual({ sku: UNKNOWN, available: 0 });
    }
    for (let twice = 0; twice < 2; twice++) {
      expect((await ask("DELETE", UNKNOWN)).status).toBe(204);
      const gone = await send(side, "GET", `/api/inventory/${UNKNOWN}`);
      expect(refusal(gone)).toEqual([404, "BYN-SHOP-003"]);
    }
  });

  it("and shows none of it without the token", async () => {
    for (const headers of [{}, { "x-service-token": "guessed" }] as const) {
      for (const [method, path] of [
        ["PUT", `${first}/reservations/order-eeee-1`],
        ["PUT", `${first}/reservations/order-eeee-1/release`],
        ["PUT", first],
        ["DELETE", first],
      ] as const) {
        const body = method === "PUT" ? { body: { quantity: 1, expiresAt: LATER } } : {};
        const answer = await send(side, method, `/internal/inventory/${path}`, { headers, ...body });
        expect(refusal(answer), path).toEqual([404, "BYN-SHOP-003"]);
      }
    }
    expect(await availableOf(first)).toEqual({ sku: first, available: 7 });
  });

  it.each([
    ["FIRST/reservations/order-ffff-1", { quantity: 0, expiresAt: LATER }, 400, "BYN-SHOP-002"],
    ["FIRST/reservations/order-ffff-1", { quantity: 1 }, 400, "BYN-SHOP-002"],
    ["FIRST/reservations/order-ffff-1", { quantity: 1, expiresAt: "soon" }, 400, "BYN-SHOP-002"],
    ["FIRST/reservations/order-ffff-1", { quantity: 1, expiresAt: LATER, sku: "x" }, 400, "BYN-SHOP-002"],
    ["FIRST/reservations/order-ffff-1", "{", 400, "BYN-SHOP-002"],
    ["FIRST/reservations/order-ffff-1", { quantity: "1".repeat(2_000) }, 413, "BYN-SHOP-011"],
    ["FIRST/reservations/order-ffff-1/return", {}, 400, "BYN-SHOP-002"],
    ["FIRST/reservations/short", { quantity: 1, expiresAt: LATER }, 404, "BYN-SHOP-003"],
    ["nope/reservations/order-ffff-1", { quantity: 1, expiresAt: LATER }, 404, "BYN-SHOP-003"],
    ["FIRST/reservations/order-ffff-1/other", {}, 404, "BYN-SHOP-003"],
  ] as const)("by refusing %s with %o", async (path, body, status, code) => {
    expect(refusal(await ask("PUT", path.replace("FIRST", first), body))).toEqual([status, code]);
  });

  it("and answers our marked 421 for what the other side owns, whatever the body is", async () => {
    await side.moveAway(moved);
    const asked: (readonly [string, () => Promise<JsonAnswer>])[] = [
      ["reserve", () => reserve(moved, "order-gggg-1", 1)],
      ["reserve, unreadable", () => ask("PUT", `${moved}/reservations/order-gggg-1`, "{")],
      ["confirm", () => ask("PUT", `${moved}/reservations/order-gggg-1/confirmation`)],
      ["release", () => ask("PUT", `${moved}/reservations/order-gggg-1/release`)],
      ["return", () => ask("PUT", `${moved}/reservations/order-gggg-1/return`, { quantity: 1 })],
      ["open", () => ask("PUT", moved)],
      ["close", () => ask("DELETE", moved)],
      ["one", () => send(side, "GET", `/api/inventory/${moved}`)],
      [
        "count",
        () => send(side, "PUT", `/api/admin/inventory/${moved}`, { cookie: side.admin, body: { onHand: 1 } }),
      ],
      [
        "count, unreadable",
        () => send(side, "PUT", `/api/admin/inventory/${moved}`, { cookie: side.admin, body: "{" }),
      ],
    ];
    for (const [what, request] of asked) {
      const answer = await request();
      expect(refusal(answer), what).toEqual([421, "BYN-DATA-020"]);
      const slot = stockSlot(moved);
      expect(readMisdirected(String(answer.headers[MISDIRECTED_HEADER])), what).toMatchObject({
        capability: "inventory",
        slot,
        reason: "not-owner",
      });
    }
    // Lists are of this side's rows, whoever owns them.
    const list = await send(side, "GET", `/api/inventory?sku=${moved}&sku=${first}`);
    expect(list.json).toEqual({
      items: [
        { sku: moved, available: 7 },
        { sku: first, available: 7 },
      ],
    });
  });
});

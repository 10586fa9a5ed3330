import { randomUUID } from "node:crypto";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { MISDIRECTED_HEADER, readMisdirected } from "@banyan/contracts/http/misdirected.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Partners } from "@banyan/shop/checkout/partners.ts";
import { resumeSagas } from "@banyan/shop/checkout/resume.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import {
  CARDS,
  type Cards,
  codeOf,
  fastClock,
  type GroundOptions,
  groundOf,
  HOME,
  type OrdersSide,
  openCards,
  openOrdersSide,
} from "./orders.fixture.ts";
import { createPair, orders, type TestPair } from "./orders-database.fixture.ts";
import { openRestOfShop, type RestOfShop } from "./rest-of-shop.fixture.ts";

/*
 * Slots that move between this side and one that stands in for the monolith: the same code over a database of its own, for
 * a saga does not ask where it was begun. Both directions each.
 */

let pair: TestPair;
let cards: Cards;
let rest: RestOfShop;
let [sku = ""]: readonly string[] = [];
let customerId = "";
let slot = 0;
let cookie = "";
const opened: OrdersSide[] = [];

beforeAll(async () => {
  pair = await createPair(inject("postgresUrl"));
  cards = await openCards(inject("postgresUrl"));
});
beforeEach(async () => {
  rest = await openRestOfShop();
  [sku = ""] = rest.products;
  customerId = randomUUID();
  slot = orderSlot(customerId);
  cookie = await rest.signIn(customerId);
  rest.put(customerId, sku, 2);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
  await rest.stop();
  await Promise.all([cards.clear(), pair.clear()]);
});
afterAll(async () => {
  await cards?.stop();
  await pair?.remove();
});

const optionsOf = (at: Side): GroundOptions => ({ pool: pair.databases[at].pool, rest, cards });

async function open(at: Side, change: Partial<GroundOptions> = {}): Promise<OrdersSide> {
  const side = await openOrdersSide({ ...optionsOf(at), ...change });
  opened.push(side);
  return side;
}

/** Finishes what is unfinished at a side, as its worker does. */
const resumeAt = (at: Side) => resumeSagas(groundOf(optionsOf(at)), { ownMs: 0, othersMs: 0 }, () => false);

const ordersAt = async (at: Side) =>
  (await pair.databases[at].pool.query<{ status: string }>("SELECT status FROM shop_order")).rows;

const shownAt = async (at: Side, id: string) =>
  Order.parse(await (await (await open(at)).ask(`/api/orders/${id}`, { cookie })).json());

/** Both sides hold the same of the slot, once the copy has applied all. */
async function expectEqual(copy: Side): Promise<void> {
  await pair.catchUp(slot, copy);
  const sums = await Promise.all(
    (["monolith", "extracted"] as const).map((at) =>
      inTransaction(pair.databases[at].pool, (client) => orders.rows.checksums(client, slot)),
    ),
  );
  expect(sums[0]).toHaveLength(1);
  expect(sums[0]).toEqual(sums[1]);
}

function misdirectedOf(answer: Response) {
  return readMisdirected(answer.headers.get(MISDIRECTED_HEADER) ?? undefined);
}

const DIRECTIONS: readonly Side[] = ["monolith", "extracted"];

describe.each(DIRECTIONS)("a checkout that begins at the %s side", (from) => {
  const to = peerOf(from);
  beforeEach(async () => {
    if (from === "extracted") await pair.move(slot, "extracted");
  });

  /** Moves the slot when the charge was made and before its answer is heard. */
  const movingAtCharge = (moved: () => void) => (kept: Partners) => ({
    ...kept,
    cards: {
      ...kept.cards,
      charge: async (...given: Parameters<Partners["cards"]["charge"]>) => {
        const charge = await kept.cards.charge(...given);
        await pair.move(slot, to);
        moved();
        return charge;
      },
    },
  });

  test("and whose slot moves in the middle ends once, at the new owner; who asked has its answer", async () => {
    const { promise: moved, resolve } = Promise.withResolvers<void>();
    const answered = (await open(from, { around: movingAtCharge(resolve) })).checkOut(cookie);
    await moved;
    expect(await ordersAt(to)).toEqual([{ status: "pending" }]);
    expect(await resumeAt(from)).toBe(0);
    expect(await resumeAt(to)).toBe(1);
    await pair.catchUp(slot, from);
    const answer = await answered;
    expect(answer.status).toBe(201);
    const placed = Order.parse(await answer.json());
    expect(placed).toMatchObject({ status: "placed", payment: { status: "charged" } });
    expect(Number(placed.number.slice(3)) % 2).toBe(from === "extracted" ? 0 : 1);
    expect(await cards.books()).toEqual({ charged: 1 });
    expect([rest.onHand.get(sku), rest.reservations()]).toEqual([98, { confirmed: 1 }]);
    expect(rest.linesOf(customerId)).toEqual([]);
    expect(await shownAt(to, placed.id)).toEqual(placed);
    await expectEqual(from);
  });

  test("and whose end nobody makes in time is answered 202 with where to look, and its key's answer at the new owner", async () => {
    const key = { "idempotency-key": randomUUID() };
    const around = movingAtCharge(() => {});
    const answer = await (await open(from, { around, clock: fastClock() })).checkOut(cookie, {}, key);
    const pending = Order.parse(await answer.json());
    expect([answer.status, answer.headers.get("location"), answer.headers.get("retry-after")]).toEqual([
      202,
      `/api/orders/${pending.id}`,
      "1",
    ]);
    expect(pending.status).toBe("pending");
    const owner = await open(to);
    const repeated = owner.checkOut(cookie, {}, key);
    expect(await resumeAt(to)).toBe(1);
    expect([(await repeated).status, Order.parse(await (await repeated).json()).id]).toEqual([
      201,
      pending.id,
    ]);
    expect(await cards.books()).toEqual({ charged: 1 });
    await expectEqual(from);
  });

  test("and whose slot moves before the first commit is 421: nothing was done, and the new owner does it", async () => {
    const around = (kept: Partners) => ({
      ...kept,
      carts: {
        ...kept.carts,
        read: async (id: string) => {
          await pair.move(slot, to);
          return kept.carts.read(id);
        },
      },
    });
    const answer = await (await open(from, { around })).checkOut(cookie);
    expect(answer.status).toBe(421);
    expect(misdirectedOf(answer)).toMatchObject({ capability: "orders", slot, reason: "not-owner" });
    expect([await ordersAt(from), await ordersAt(to), await cards.books()]).toEqual([[], [], {}]);
    expect((await (await open(to)).checkOut(cookie)).status).toBe(201);
  });

  test("and then moves back and forth keeps its orders, keys and numbers", async () => {
    const key = { "idempotency-key": randomUUID() };
    const placed = await (await open(from)).checkOut(cookie, {}, key);
    await pair.move(slot, to);
    const replayed = await (await open(to)).checkOut(cookie, {}, key);
    expect([replayed.status, await replayed.json()]).toEqual([201, await placed.json()]);
    rest.put(customerId, sku, 1);
    const next = Order.parse(await (await (await open(to)).checkOut(cookie)).json());
    expect(Number(next.number.slice(3)) % 2).toBe(to === "extracted" ? 0 : 1);
    await pair.move(slot, from);
    const { items } = (await (await (await open(from)).ask("/api/orders", { cookie })).json()) as {
      items: { id: string }[];
    };
    expect(items).toHaveLength(2);
    expect(items[0]?.id).toBe(next.id);
    await expectEqual(to);
  });

  test("can be cancelled by the new owner, and a cancelling is finished by it", async () => {
    const placed = Order.parse(await (await (await open(from)).checkOut(cookie)).json());
    const side = await open(from, {
      around: (kept) => ({
        ...kept,
        cards: {
          ...kept.cards,
          refund: async (id) => {
            const refunded = await kept.cards.refund(id);
            await pair.move(slot, to);
            return refunded;
          },
        },
      }),
    });
    const answer = await side.ask(`/api/orders/${placed.id}/cancel`, { method: "POST", cookie });
    expect([answer.status, Order.parse(await answer.json()).status]).toEqual([200, "cancelling"]);
    expect(await resumeAt(to)).toBe(1);
    expect(await shownAt(to, placed.id)).toMatchObject({
      status: "cancelled",
      payment: { status: "refunded" },
    });
    expect([rest.onHand.get(sku), await cards.books()]).toEqual([100, { refunded: 1 }]);
    await expectEqual(from);
  });
});

describe("a side that does not own the slot", () => {
  test("says so before it reads a body, whatever is in it", async () => {
    const side = await open("extracted");
    for (const [method, path] of [
      ["POST", "/api/orders"],
      ["GET", "/api/orders"],
    ] as const) {
      const answer = await fetch(side.url + path, {
        method,
        headers: { cookie, "content-type": "application/json" },
        ...(method === "GET" ? {} : { body: "{ this is no JSON" }),
      });
      expect(answer.status, `${method} ${path}`).toBe(421);
      expect(await answer.clone().json()).toMatchObject({ code: "BYN-DATA-020", retryable: true });
      expect(misdirectedOf(answer)).toEqual({ capability: "orders", slot, epoch: 1, reason: "not-owner" });
    }
    await pair.move(slot, "extracted");
    const read = await fetch(`${side.url}/api/orders`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
      body: "{ this is no JSON",
    });
    expect([read.status, await codeOf(read)]).toEqual([400, "BYN-SHOP-002"]);
  });

  test("names the slot of an order that its copy has, and the reason `unknown` for one that it hasn't", async () => {
    const monolith = await open("monolith");
    const { id } = Order.parse(await (await monolith.checkOut(cookie)).json());
    const side = await open("extracted");
    const asked = async (at: string) =>
      [
        await side.ask(`/api/orders/${at}`, { cookie }),
        await side.ask(`/api/orders/${at}/cancel`, { method: "POST", cookie }),
      ] as const;
    for (const answer of await asked(id)) {
      expect([answer.status, misdirectedOf(answer)?.reason]).toEqual([421, "unknown"]);
    }
    await pair.catchUp(slot, "extracted");
    for (const answer of await asked(id)) {
      expect([answer.status, misdirectedOf(answer)]).toEqual([
        421,
        { capability: "orders", slot, epoch: 1, reason: "not-owner" },
      ]);
    }
    for (const answer of await asked("nope")) {
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
    }
    await pair.move(slot, "extracted");
    for (const answer of await asked(randomUUID())) expect(misdirectedOf(answer)?.reason).toBe("unknown");
    expect((await side.ask(`/api/orders/${id}`, { cookie })).status).toBe(200);
    const old = await monolith.ask(`/api/orders/${id}`, { cookie });
    expect([old.status, misdirectedOf(old)]).toEqual([
      421,
      { capability: "orders", slot, epoch: 2, reason: "not-owner" },
    ]);
    const list = await monolith.ask("/api/orders", { cookie });
    expect(list.status).toBe(421);
  });
});

/** A process stops at one place of a checkout: it is dead when `pause` never ends, asleep when it does. */
type Stop = (kept: Partners, pause: () => Promise<void>) => Partners;

interface End {
  readonly status: Order["status"];
  readonly books: object;
  readonly onHand: number;
  /** What it answers when it was only asleep. */
  readonly late: number;
}
const FAILED: End = { status: "failed", books: { refunded: 1 }, onHand: 100, late: 503 };
const PLACED: End = { status: "placed", books: { charged: 1 }, onHand: 98, late: 201 };

const STOPS: readonly [where: string, stop: Stop, end: End][] = [
  [
    "before it reserves",
    ({ inventory, ...kept }, pause) => ({
      ...kept,
      inventory: {
        ...inventory,
        reserve: async (...given) => {
          await pause();
          return inventory.reserve(...given);
        },
      },
    }),
    FAILED,
  ],
  [
    "before it charges",
    ({ cards, ...kept }, pause) => ({
      ...kept,
      cards: {
        ...cards,
        charge: async (...given) => {
          await pause();
          return cards.charge(...given);
        },
      },
    }),
    FAILED,
  ],
  [
    "when it has charged",
    ({ cards, ...kept }, pause) => ({
      ...kept,
      cards: {
        ...cards,
        charge: async (...given) => {
          const charge = await cards.charge(...given);
          await pause();
          return charge;
        },
      },
    }),
    PLACED,
  ],
  [
    "when it has confirmed",
    ({ carts, ...kept }, pause) => ({
      ...kept,
      carts: {
        ...carts,
        ordered: async (...given) => {
          await pause();
          return carts.ordered(...given);
        },
      },
    }),
    PLACED,
  ],
];

describe.each([
  ["stays", false],
  ["moves meanwhile", true],
] as const)("a process of which nothing is heard in a checkout, whose slot %s,", (_slot, moves) => {
  const at: Side = moves ? "extracted" : "monolith";

  test.each(STOPS)("%s, leaves what is finished by itself, once", async (_where, stop, end) => {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const never = () => {
      resolve();
      return new Promise<void>(() => {});
    };
    const side = await open("monolith", { around: (kept) => stop(kept, never) });
    const client = new AbortController();
    const answered = fetch(`${side.url}/api/orders`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
      body: JSON.stringify({ shipTo: HOME, card: CARDS.good }),
      signal: client.signal,
    }).catch(() => undefined);
    await stopped;
    client.abort();
    await answered;
    if (moves) await pair.move(slot, at);
    const young = { ownMs: 60_000, othersMs: 60_000 };
    expect(await resumeSagas(groundOf(optionsOf(at)), young, () => true)).toBe(0);
    expect([await resumeAt(at), await resumeAt(at)]).toEqual([1, 0]);
    expect(await ordersAt(at)).toEqual([{ status: end.status }]);
    expect([await cards.books(), rest.onHand.get(sku)]).toEqual([end.books, end.onHand]);
    expect(rest.linesOf(customerId)).toEqual(end.status === "placed" ? [] : [[sku, 2]]);
    await expectEqual(peerOf(at));
  });

  test.each(STOPS)("%s, changes nothing any more when it was only asleep", async (_where, stop, end) => {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    const asleep = () => {
      resolve();
      return woken;
    };
    const side = await open("monolith", { around: (kept) => stop(kept, asleep) });
    const answered = side.checkOut(cookie);
    await stopped;
    if (moves) await pair.move(slot, at);
    expect(await resumeAt(at)).toBe(1);
    if (moves) await pair.catchUp(slot, "monolith");
    wake();
    expect((await answered).status).toBe(end.late);
    expect(await ordersAt(at)).toEqual([{ status: end.status }]);
    expect([await cards.books(), rest.onHand.get(sku)]).toEqual([end.books, end.onHand]);
    await expectEqual(peerOf(at));
  });
});

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY, ReservationRecord, StockRecord } from "@banyan/contracts/events/inventory.ts";
import { peerOf, SIDES } from "@banyan/contracts/http/headers.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import type { CanonicalRow } from "@banyan/platform/log/capability.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { createStockStore, type StockStore } from "@banyan/shop/inventory/stock-store.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type InventorySide, openTwoSides, projectionOf, skuNumber, type TwoSides } from "./two-sides.ts";

const SEED = 20_261_128;
const START_MS = Date.parse("2026-11-28T00:00:00.000Z");
const TTL_MS = 10;
const act = { token: 1, sleep: async () => {} };

let two: TwoSides;
beforeAll(async () => {
  two = await openTwoSides(inject("postgresUrl"));
});
afterAll(() => two?.close());

/** Two SKUs of one slot and one of another. */
const [FIRST, SAME_SLOT, OTHER_SLOT] = (() => {
  const first = skuNumber(1);
  const isWith = (sku: string) => stockSlot(sku) === stockSlot(first);
  const others = Array.from({ length: 2_000 }, (_, n) => skuNumber(n + 2));
  const same = others.find(isWith);
  const other = others.find((sku) => !isWith(sku));
  if (same === undefined || other === undefined) throw new Error("2,000 SKUs without a neighbour");
  return [first, same, other];
})();
const SKUS = [FIRST, SAME_SLOT, OTHER_SLOT] as const;
const SLOTS = [stockSlot(FIRST), stockSlot(OTHER_SLOT)] as const;

type Command =
  | { readonly do: "reserve"; readonly of: number; readonly n: number; readonly quantity: number }
  | { readonly do: "confirm" | "release"; readonly of: number; readonly n: number }
  | { readonly do: "giveBack"; readonly of: number; readonly n: number; readonly quantity: number }
  | { readonly do: "set"; readonly of: number; readonly onHand: number }
  | { readonly do: "expire" };

const target = { of: fc.nat(SKUS.length - 1), n: fc.nat(1) };
const quantity = fc.integer({ min: 1, max: 5 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("reserve" as const), ...target, quantity }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("confirm" as const), ...target }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), ...target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("giveBack" as const), ...target, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("set" as const), of: target.of, onHand: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("expire" as const) }) },
);
const steps = fc.array(fc.record({ command, twice: fc.boolean() }), { minLength: 12, maxLength: 24 });

/** What a command did: its answer, or the code of its refusal. */
async function run(store: StockStore, given: Command): Promise<unknown> {
  const sku = "of" in given ? (SKUS[given.of] ?? "") : "";
  const id = "n" in given ? `order-${given.of}-${given.n}` : "";
  try {
    switch (given.do) {
      case "reserve":
        return await store.reserve(sku, id, {
          quantity: given.quantity,
          expiresAt: new Date(nowMs + TTL_MS).toISOString(),
        });
      case "confirm":
        return await store.confirm(sku, id);
      case "release":
        return await store.release(sku, id);
      case "giveBack":
        return await store.giveBack(sku, id, given.quantity);
      case "set":
        return await store.set(sku, given.onHand);
      case "expire":
        return await store.expire(100);
    }
  } catch (error) {
    if (error instanceof BanyanError) return error.code;
    throw error;
  }
}

let nowMs = START_MS;

interface Books {
  readonly stock: ReadonlyMap<string, StockRecord>;
  readonly reservations: ReadonlyMap<string, ReservationRecord>;
  readonly seqs: readonly number[];
  readonly text: readonly string[];
}

async function booksOf({ pool }: InventorySide): Promise<Books> {
  const found = await pool.query<CanonicalRow & { slot: number }>(
    `SELECT slot, id, record FROM inventory_record WHERE slot = ANY ($1) ORDER BY id COLLATE "C"`,
    [SLOTS],
  );
  const slots = await readSlots(pool, INVENTORY);
  const seqs = SLOTS.map((slot) => slots.find((row) => row.slot === slot)?.seq ?? Number.NaN);
  const bySlot = SLOTS.map((slot) => found.rows.filter((row) => row.slot === slot));
  const { rows } = found;
  const of = (prefix: string) => rows.filter(({ id }) => id.startsWith(prefix)).map(({ record }) => record);
  const stock = of("stock:").map((record) => StockRecord.parse(record));
  const reservations = of("reservation:").map((record) => ReservationRecord.parse(record));
  return {
    stock: new Map(stock.map((record) => [record.sku, record])),
    reservations: new Map(reservations.map((record) => [record.id, record])),
    seqs,
    text: bySlot.map((found) => JSON.stringify(found)),
  };
}

/** On the shelf, taken from it for orders, and sold. */
function piecesOf({ stock, reservations }: Books, sku: string): number {
  const taken = [...reservations.values()].filter(
    (known) => known.sku === sku && (known.state === "held" || known.state === "confirmed"),
  );
  return (stock.get(sku)?.onHand ?? 0) + taken.reduce((sum, known) => sum + known.quantity, 0);
}

/** What may become of a reservation (contracts/events/inventory.ts); `none` is one that nobody has heard of. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  none: ["held", "released", "returned"],
  held: ["confirmed", "released", "returned"],
  confirmed: ["returned"],
  released: [],
  returned: [],
};

/** How many pieces a command brought in or took away by counting, or by giving back what nobody knew of. */
function brought(given: Command, sku: string, before: Books, after: Books): number {
  if (!("of" in given) || SKUS[given.of] !== sku) return 0;
  if (given.do === "set") return given.onHand - (before.stock.get(sku)?.onHand ?? 0);
  if (given.do !== "giveBack" || before.reservations.has(`order-${given.of}-${given.n}`)) return 0;
  return after.stock.has(sku) ? given.quantity : 0;
}

describe.each(SIDES)("stock that the %s owns", (owner) => {
  test("balances whatever is asked for, in any order and twice; each change is one event, and the copy equals it", async () => {
    const copy = peerOf(owner);
    const side = two.sides[owner];
    const store = createStockStore(side.pool, side.rows, () => nowMs);
    const property = fc.asyncProperty(steps, async (given) => {
      await two.reset(owner);
      nowMs = START_MS;
      for (const sku of SKUS) await store.set(sku, 6);
      let before = await booksOf(side);
      for (const { command, twice } of given) {
        nowMs += command.do === "expire" ? TTL_MS / 2 : 1;
        const answer = await run(store, command);
        const after = await booksOf(side);
        for (const sku of SKUS) {
          expect(after.stock.get(sku)?.onHand).toBeGreaterThanOrEqual(0);
          expect(piecesOf(after, sku), sku).toBe(
            piecesOf(before, sku) + brought(command, sku, before, after),
          );
        }
        for (const [id, { state }] of after.reservations) {
          const was = before.reservations.get(id)?.state ?? "none";
          if (was !== state) expect(NEXT[was], `${id} after ${was}`).toContain(state);
        }
        const wrote = after.seqs.map((seq, n) => seq - (before.seqs[n] ?? 0));
        const changed = after.text.map((text, n) => text !== before.text[n]);
        expect(wrote.map((events) => events > 0)).toEqual(changed);
        if (command.do === "expire") expect(wrote[0] ?? Number.NaN).toBe(expiredIn(before, after, SLOTS[0]));
        else expect(Math.max(...wrote)).toBeLessThanOrEqual(1);
        before = after;
        if (!twice || command.do === "set") continue;
        expect(await run(store, command)).toEqual(command.do === "expire" ? 0 : answer);
        expect(await booksOf(side)).toEqual(after);
      }
      for (const slot of SLOTS) {
        await two.follow(copy, slot);
        expect(await projectionOf(two.sides[copy], slot)).toEqual(await projectionOf(side, slot));
        const equal = await reconcileSlot({ owner: side, copy: two.sides[copy], slot });
        expect(equal).toMatchObject({ kind: "equal" });
      }
      const { rows } = await two.sides[copy].pool.query("SELECT FROM handover.outbox");
      expect(rows).toEqual([]);
    });
    await fc.assert(property, { seed: SEED, numRuns: 25, endOnFailure: true });
  });

  test("that was reserved and never bought goes back, although what expired before it can't be written", async () => {
    await two.reset(owner);
    const side = two.sides[owner];
    let at = START_MS;
    const trouble = new Error("this row can't be written");
    const rows: typeof side.rows = {
      ...side.rows,
      saveReservation: async (client, reservation) => {
        if (reservation.id === "stuck" && reservation.state === "released") throw trouble;
        await side.rows.saveReservation(client, reservation);
      },
    };
    const store = createStockStore(side.pool, rows, () => at);
    for (const [n, [sku, id]] of [[FIRST, "stuck"] as const, [OTHER_SLOT, "lost"] as const].entries()) {
      await store.set(sku, 6);
      await store.reserve(sku, id, { quantity: 2, expiresAt: new Date(START_MS + n + 1).toISOString() });
    }
    at += TTL_MS;
    await expect(store.expire(100)).rejects.toBe(trouble);
    const { stock, reservations } = await booksOf(side);
    expect([reservations.get("stuck")?.state, reservations.get("lost")?.state]).toEqual(["held", "released"]);
    expect([stock.get(FIRST)?.onHand, stock.get(OTHER_SLOT)?.onHand]).toEqual([4, 6]);
  });

  test("is never sold twice, however many ask at once", async () => {
    await two.reset(owner);
    const side = two.sides[owner];
    const store = createStockStore(side.pool, side.rows, () => START_MS);
    await store.set(FIRST, 7);
    const expiresAt = new Date(START_MS + 1_000).toISOString();
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        // Each id comes twice, so 20 ask for 20 pieces.
        store.reserve(FIRST, `at-once-${n >> 1}`, { quantity: 1, expiresAt }),
      ),
    );
    const refused = asked.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(["BYN-SHOP-015"]));
    const books = await booksOf(side);
    expect(books.stock.get(FIRST)?.onHand).toBe(0);
    expect(books.reservations.size).toBe(7);
    expect(refused.length).toBe(40 - 14);
    expect(books.seqs[0]).toBe(1 + 7);
  });

  test("is not written at the other side, which says who owns it", async () => {
    await two.reset(owner);
    const { pool, rows } = two.sides[peerOf(owner)];
    const store = createStockStore(pool, rows, () => START_MS);
    const expiresAt = new Date(START_MS + 1_000).toISOString();
    const all = [
      () => store.set(FIRST, 1),
      () => store.open(FIRST),
      () => store.close(FIRST),
      () => store.reserve(FIRST, "order-1", { quantity: 1, expiresAt }),
      () => store.confirm(FIRST, "order-1"),
      () => store.release(FIRST, "order-1"),
      () => store.giveBack(FIRST, "order-1", 1),
    ];
    for (const write of all) {
      await expect(write()).rejects.toMatchObject({
        code: "BYN-DATA-020",
        misdirected: { reason: "not-owner", capability: INVENTORY, slot: SLOTS[0], epoch: 1 },
      });
    }
    expect(await projectionOf(two.sides[peerOf(owner)], SLOTS[0])).toEqual([]);
  });

  test("expires at its owner only, and what was confirmed or given back meanwhile does not", async () => {
    await two.reset(owner);
    const side = two.sides[owner];
    let atMs = START_MS;
    const store = createStockStore(side.pool, side.rows, () => atMs);
    await store.set(FIRST, 5);
    const expiresAt = new Date(START_MS + 1_000).toISOString();
    await store.reserve(FIRST, "bought-1", { quantity: 1, expiresAt });
    await store.reserve(FIRST, "forgotten-1", { quantity: 2, expiresAt });
    await store.confirm(FIRST, "bought-1");
    await store.reserve(FIRST, "given-up-1", { quantity: 1, expiresAt });
    await two.follow(peerOf(owner), SLOTS[0]);
    atMs = START_MS + 1_000;
    const other = two.sides[peerOf(owner)];
    expect(await createStockStore(other.pool, other.rows, () => atMs).expire(10)).toBe(0);
    const racing = createStockStore(
      side.pool,
      {
        ...side.rows,
        expired: async (...asked) => {
          const found = await side.rows.expired(...asked);
          await store.release(FIRST, "given-up-1");
          return found;
        },
      },
      () => atMs,
    );
    expect(await racing.expire(10)).toBe(1);
    const { stock, reservations } = await booksOf(side);
    expect(stock.get(FIRST)?.onHand).toBe(4);
    expect([...reservations.values()].map(({ state }) => state).toSorted()).toEqual([
      "confirmed",
      "released",
      "released",
    ]);
  });

  test("has reservations of one SKU by an id, and books that open and close", async () => {
    await two.reset(owner);
    const side = two.sides[owner];
    const store = createStockStore(side.pool, side.rows, () => START_MS);
    const request = { quantity: 1, expiresAt: "2026-11-29T00:00:00Z" };
    await store.set(FIRST, 5);
    const reserved = await store.reserve(FIRST, "order-1", request);
    expect(reserved.expiresAt).toBe("2026-11-29T00:00:00.000Z");
    expect(await store.reserve(FIRST, "order-1", request)).toEqual(reserved);
    for (const write of [
      () => store.reserve(OTHER_SLOT, "order-1", request),
      () => store.confirm(OTHER_SLOT, "order-1"),
      () => store.release(SAME_SLOT, "order-1"),
      () => store.giveBack(OTHER_SLOT, "order-1", 1),
    ])
      await expect(write()).rejects.toMatchObject({ code: "BYN-SHOP-002" });
    await store.open(FIRST);
    expect((await booksOf(side)).stock.get(FIRST)?.onHand).toBe(4);
    await store.close(FIRST);
    await store.close(FIRST);
    await store.release(FIRST, "order-1");
    expect((await booksOf(side)).stock.has(FIRST)).toBe(false);
    await store.open(FIRST);
    await store.open(FIRST);
    expect((await booksOf(side)).stock.get(FIRST)?.onHand).toBe(0);
    // Set, reserve, close, release, open: what changed nothing wrote nothing.
    expect((await booksOf(side)).seqs[0]).toBe(5);
  });
});

test("books and reservations of before there were copies are filled, handed over and filled back, and stay equal", async () => {
  await two.reset("monolith");
  const { monolith, extracted } = two.sides;
  await extracted.pool.query("UPDATE handover.slot SET state = 'empty'");
  const store = createStockStore(monolith.pool, monolith.rows, () => START_MS);
  const expiresAt = new Date(START_MS + 1_000).toISOString();
  for (const [n, sku] of SKUS.entries()) {
    await store.set(sku, 10);
    await store.reserve(sku, `order-${n}-1`, { quantity: 2, expiresAt });
    await store.release(sku, `order-${n}-2`);
  }
  await fillSlots({ owner: monolith, copy: extracted, act });
  for (const slot of SLOTS) {
    expect(await projectionOf(extracted, slot)).toEqual(await projectionOf(monolith, slot));
    await handOver({ capability: INVENTORY, slot, from: monolith.pool, to: extracted.pool }, act, 0);
    await two.follow("extracted", slot);
  }
  const there = createStockStore(extracted.pool, extracted.rows, () => START_MS);
  await there.confirm(FIRST, "order-0-1");
  await expect(there.reserve(FIRST, "order-0-2", { quantity: 1, expiresAt })).rejects.toMatchObject({
    code: "BYN-SHOP-028",
  });
  // The old owner's copy is thrown away and taken again from the new one.
  await monolith.pool.query("UPDATE handover.slot SET state = 'empty' WHERE NOT owner");
  await monolith.pool.query("UPDATE stock SET on_hand = 999");
  await fillSlots({ owner: extracted, copy: monolith, act, slots: SLOTS });
  for (const slot of SLOTS) {
    expect(await projectionOf(monolith, slot)).toEqual(await projectionOf(extracted, slot));
    const equal = await reconcileSlot({ owner: extracted, copy: monolith, slot });
    expect(equal).toMatchObject({ kind: "equal" });
  }
});

function expiredIn(before: Books, after: Books, slot: number): number {
  return [...after.reservations.values()].filter(
    ({ id, sku, state }) =>
      stockSlot(sku) === slot && state === "released" && before.reservations.get(id)?.state === "held",
  ).length;
}

import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cancel } from "./cancel.ts";
import { driveCheckout } from "./drive-checkout.ts";
import { PutOff } from "./put-off.ts";
import { checkoutResponse } from "./respond.ts";
import { resumeSagas } from "./resume.ts";
import { untimed } from "./timing.ts";
import { type Break, CARD, pendingOrder, World } from "./world.fixture.ts";

const STOCK = 10;
const AT_ONCE = { ownMs: 0, othersMs: 0 };
const breaks = fc.array(fc.constantFrom<Break>("before", "after", "none"), { maxLength: 16 });

/** What must be true of an order that has ended, whoever drove it and however often. */
function soundAt(world: World, order: OrderRecord | undefined, lines: number): void {
  const charge = world.charges.get("payment-0001")?.status;
  const states = [...world.reservations.values()].map(({ state }) => state);
  expect(["placed", "failed", "cancelled"]).toContain(order?.status);
  expect(states).not.toContain("held");
  if (order?.status === "placed") {
    expect(charge).toBe("charged");
    expect(states).toEqual(new Array(lines).fill("confirmed"));
    expect(world.stock).toBe(STOCK - lines);
    expect(world.ordered.size).toBe(1);
    expect([world.charged, world.refunded]).toEqual([1, 0]);
  } else {
    expect(charge).not.toBe("charged");
    expect(world.stock).toBe(STOCK);
    expect(world.charged).toBe(world.refunded);
  }
}

/** One driver of the order's checkout, as a request or as who resumes, ending as the store lets it. */
async function driven(world: World, order: OrderRecord, asRequest: boolean): Promise<void> {
  const timed = { now: () => world.nowMs, timing: untimed };
  const end = await driveCheckout(order, asRequest ? CARD : undefined, world.partners, timed).catch(
    () => undefined,
  );
  if (end !== undefined) await world.store.close(order, end, checkoutResponse);
}

describe("a checkout whose partners break anywhere", () => {
  test("ends, once resumed, as an order that is charged once, or as nothing at all", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        breaks,
        breaks,
        fc.boolean(),
        async (lines, first, then, declines) => {
          const world = new World(STOCK, [...first, ...then]);
          world.declines = declines;
          const order = world.put(pendingOrder(lines));
          await driven(world, order, true);
          await resumeSagas(world.ground, AT_ONCE, () => true);
          world.heal();
          await resumeSagas(world.ground, AT_ONCE, () => true);
          soundAt(world, world.orders.get(order.id), lines);
        },
      ),
    );
  });

  test("and so it does when the request and who resumes drive it at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 3 }),
        breaks,
        async (scheduler, lines, broken) => {
          const world = new World(STOCK, broken, () => scheduler.schedule(Promise.resolve()));
          const order = world.put(pendingOrder(lines));
          const drivers = [true, false, false].map((asRequest) => driven(world, order, asRequest));
          await scheduler.waitFor(Promise.all(drivers));
          world.heal();
          await scheduler.waitFor(resumeSagas(world.ground, AT_ONCE, () => true));
          // Whoever has not been heard of yet comes late: it may do nothing any more.
          await scheduler.waitFor(driven(world, order, true));
          soundAt(world, world.orders.get(order.id), lines);
        },
      ),
    );
  });

  test("a cancelling ends with all of it back, once", async () => {
    await fc.assert(
      fc.asyncProperty(breaks, async (broken) => {
        const world = new World(STOCK);
        const order = world.put(pendingOrder(2));
        await driven(world, order, true);
        const placed = world.orders.get(order.id) ?? order;
        const faulty = new World(world.stock, broken);
        for (const [id, charge] of world.charges) faulty.charges.set(id, charge);
        for (const [id, held] of world.reservations) faulty.reservations.set(id, held);
        faulty.charged = 1;
        faulty.put(placed);
        await cancel(faulty.ground, placed).catch(() => undefined);
        faulty.heal();
        await resumeSagas(faulty.ground, AT_ONCE, () => true);
        expect(faulty.orders.get(order.id)).toMatchObject({
          status: "cancelled",
          payment: { status: "refunded" },
        });
        expect([faulty.stock, faulty.refunded]).toEqual([STOCK, 1]);
      }),
    );
  });
});

describe("who resumes", () => {
  test("leaves an order alone while its own request may still drive it, but not one that came with its slot", async () => {
    const world = new World(STOCK);
    world.put(pendingOrder(1));
    world.nowMs = Date.parse("2026-11-27T00:00:05.000Z");
    const after = { ownMs: 30_000, othersMs: 3_000 };
    expect(await resumeSagas(world.ground, after, () => true)).toBe(0);
    expect(await resumeSagas(world.ground, after, () => false)).toBe(1);
    soundAt(world, [...world.orders.values()][0], 1);
  });

  test("finds the processor's no, and says it as the request would have: nothing was charged, so nothing goes back", async () => {
    const world = new World(STOCK);
    const order = world.put(pendingOrder(1));
    world.charges.set(order.payment.id, { id: order.payment.id, status: "declined", reason: "too little" });
    expect(await resumeSagas(world.ground, AT_ONCE, () => true)).toBe(1);
    expect(world.orders.get(order.id)).toMatchObject({
      status: "failed",
      failure: { code: "BYN-SHOP-016", detail: "the card was declined: too little" },
      payment: { status: "none" },
    });
  });

  test("does not end an order whose slot has moved on meanwhile", async () => {
    const world = new World(STOCK);
    world.put(pendingOrder(1));
    world.owned = false;
    expect(await resumeSagas(world.ground, AT_ONCE, () => true)).toBe(0);
    expect([...world.orders.values()][0]?.status).toBe("pending");
  });

  test("keeps no younger order waiting for a hundred that can't be finished, and finishes those once they can", async () => {
    const world = new World(STOCK);
    const { store } = world;
    const old = Array.from({ length: 100 }, (_, n) => world.put({ ...pendingOrder(1), id: `old-${n}` }).id);
    world.put({ ...pendingOrder(1), id: "young" });
    let stuck = true;
    const close: typeof store.close = async (order, ...how) => {
      if (stuck && old.includes(order.id)) throw new Error("its slot stands still");
      return store.close(order, ...how);
    };
    const ground = { ...world.ground, store: { ...store, close } };
    const putOff = new PutOff();
    const look = () => resumeSagas(ground, AT_ONCE, () => true, putOff);
    expect(await look()).toBe(0);
    expect(await look()).toBe(1);
    expect(world.orders.get("young")?.status).not.toBe("pending");
    stuck = false;
    expect(await look()).toBe(0);
    world.nowMs += 1_000;
    expect(await look()).toBe(100);
  });
});

test("an order that fails again and again is tried after longer and longer, a minute at most", () => {
  const putOff = new PutOff();
  const waits = Array.from({ length: 9 }, () => {
    putOff.again("a", 0);
    return [1, 2, 4, 8, 16, 32, 60, 61].find((s) => !putOff.until(s * 1_000).includes("a"));
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  putOff.forget("a");
  expect(putOff.until(0)).toEqual([]);
});

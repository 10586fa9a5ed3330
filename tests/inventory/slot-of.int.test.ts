import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openTwoSides, skuNumber, type TwoSides } from "./two-sides.ts";

let two: TwoSides;
beforeAll(async () => {
  two = await openTwoSides(inject("postgresUrl"));
});
afterAll(() => two?.close());

/** Every length of a last block, bytes of all kinds that a text in Postgres may have. */
const ascii = fc
  .array(fc.integer({ min: 1, max: 0x7f }), { maxLength: 70 })
  .map((codes) => String.fromCharCode(...codes));
const keys = fc.sample(ascii, { seed: 20_261_128, numRuns: 5_000 });

test.each(["orders", INVENTORY, "", "a flag of any name"])(
  "handover.slot_of is slotOf for 5,000 keys of '%s'",
  async (group) => {
    const { rows } = await two.sides.monolith.pool.query<{ slots: number[] }>(
      `SELECT array_agg(handover.slot_of($1, val) ORDER BY n) AS slots
       FROM unnest($2::text[]) WITH ORDINALITY AS key (val, n)`,
      [group, keys],
    );
    expect(rows[0]?.slots).toEqual(keys.map((key) => slotOf(group, key)));
    expect(new Set(rows[0]?.slots).size).toBe(100);
  },
);

test("a key outside ASCII is refused by both", async () => {
  for (const key of ["Zoë", "漢字", "a\u0080"]) {
    expect(() => slotOf(INVENTORY, key)).toThrow(/ASCII/);
    const asked = two.sides.monolith.pool.query("SELECT handover.slot_of($1, $2)", [INVENTORY, key]);
    await expect(asked).rejects.toThrow(/ASCII/);
  }
});

test("both sides' tables put a SKU into the same slot", async () => {
  const skus = Array.from({ length: 500 }, (_, n) => skuNumber(n));
  for (const { pool, rows } of Object.values(two.sides)) {
    const client = await pool.connect();
    try {
      for (const sku of skus.slice(0, 50)) {
        await rows.saveStock(client, { sku, onHand: 1, updatedAt: "2026-11-28T00:00:00.000Z" });
        await rows.saveReservation(client, {
          id: `order-${sku}`,
          sku,
          quantity: 1,
          state: "confirmed",
          expiresAt: null,
        });
      }
    } finally {
      client.release();
    }
    const found = await pool.query<{ sku: string; slot: number }>(
      "SELECT sku, slot FROM stock UNION ALL SELECT sku, slot FROM reservation",
    );
    expect(found.rows.length).toBe(100);
    for (const { sku, slot } of found.rows) expect(slot, sku).toBe(stockSlot(sku));
  }
});

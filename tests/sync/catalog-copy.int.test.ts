import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { backfillCatalog, resetCatalogCopy } from "@banyan/catalog/backfill/backfill.ts";
import { lagOfCatalog, reconcileCatalog } from "@banyan/catalog/reconcile/reconcile.ts";
import { catalogCopy } from "@banyan/catalog/sync/catalog-copy.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { addProduct, changeProduct, removeProduct } from "@banyan/monolith/catalog/edits.ts";
import { deliver } from "@banyan/platform/log/deliver.ts";
import { recordChanges } from "@banyan/platform/log/outbox.ts";
import { peerOutbox } from "@banyan/platform/log/peer.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type BothSides, createBothSides } from "./both-sides.ts";

let sides: BothSides;
let between: { source: BothSides["feed"]; copy: BothSides["copy"] };
beforeAll(async () => {
  sides = await createBothSides(inject("postgresUrl"), 300);
  between = { source: sides.feed, copy: sides.copy };
});
afterAll(() => sides?.close());
beforeEach(() => resetCatalogCopy(sides.copy));

const at = new Date("2026-11-22T10:00:00.123Z");

async function drain(): Promise<void> {
  const peer = peerOutbox(sides.feed);
  for (const { slot, seq, lag } of (await lagOfCatalog(between)).slots) {
    if (lag === 0) continue;
    const { rows } = await peer.read("catalog", slot, seq, 1_000);
    await deliver({ capability: catalogCopy, copy: sides.copy, peer, batch: 100 }, slot, rows);
  }
}

function product(index: number): string {
  const id = sides.productIds[index];
  if (id === undefined) throw new Error("no such product");
  return id;
}

describe("the catalog's copy of the real monolith", () => {
  test("is filled as the feed role and reconciles to zero", async () => {
    const result = await backfillCatalog(between);
    expect(result).toMatchObject({ slotsTotal: 100, filled: 100, rows: 300 });
    expect(await reconcileCatalog(between)).toMatchObject({
      slots: 100,
      equal: 100,
      different: 0,
      behind: 0,
      unfilled: 0,
      quarantined: 0,
      rows: 300,
      lagMax: 0,
      zero: true,
    });
  });

  test("takes saves, new products and removals of the monolith's own edits, awkward text and all", async () => {
    await backfillCatalog(between);
    await changeProduct(sides.shop, product(0), { priceAmount: 12_345, available: false }, at);
    await changeProduct(
      sides.shop,
      product(1),
      {
        name: `Zoë's "Größe" \\ 漢字 🪴 '%s'`,
        attributes: { zz: "1", a: 'quote " and \\', ключ: "10.0", B: "é" },
      },
      at,
    );
    const added = randomUUID();
    await addProduct(
      sides.shop,
      added,
      {
        name: "New",
        description: "Line\nbreak\ttab",
        category: await anyCategory(),
        priceAmount: 0,
        available: true,
        attributes: {},
      },
      { at: new Date("2026-11-22T10:00:00.000Z"), books: true },
    );
    await removeProduct(sides.shop, product(2), { books: true });
    expect(await lagOfCatalog(between)).toMatchObject({ lagTotal: 4, lagMax: expect.any(Number) });
    await drain();
    expect(await reconcileCatalog(between)).toMatchObject({ equal: 100, rows: 300, zero: true });
    expect((await sides.copy.query("SELECT FROM product WHERE id = $1", [product(2)])).rowCount).toBe(0);
    await removeProduct(sides.shop, added, { books: true });
    await drain();
    expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
  });

  test.each([
    ["price_amount", "price_amount + 1", "priceAmount"],
    ["name", "name || ' '", "name"],
    ["description", "upper(description)", "description"],
    ["available", "NOT available", "available"],
    ["popularity", "popularity + 1", "popularity"],
    ["attributes", `attributes || '{"new": "x"}'`, "attributes"],
    ["version", "version + 1", "version"],
    ["updated_at", "updated_at + interval '1 millisecond'", "updatedAt"],
    ["currency", "'USD'", "currency"],
  ])(
    "a difference in %s is found, named and quarantined; a re-fill mends it",
    async (column, wrong, field) => {
      await backfillCatalog(between);
      const id = product(7);
      await sides.copy.query(`UPDATE product SET ${column} = ${wrong} WHERE id = $1`, [id]);
      const found = await reconcileCatalog(between);
      expect(found).toMatchObject({ equal: 99, different: 1, quarantined: 1, zero: false });
      expect(found.differences).toMatchObject([
        { slot: slotOf("catalog-data", id), first: [{ id, kind: "changed", fields: [field] }] },
      ]);
      expect(await backfillCatalog(between)).toMatchObject({ slotsTotal: 1, filled: 1 });
      expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
    },
  );

  test("a category that differs is told, and mended by the next back-fill", async () => {
    await backfillCatalog(between);
    await sides.copy.query("UPDATE category SET name = 'Renamed' WHERE slug = $1", [await anyCategory()]);
    expect(await reconcileCatalog(between)).toMatchObject({
      equal: 100,
      zero: false,
      reference: [{ kind: "changed", fields: ["name"] }],
    });
    await backfillCatalog(between);
    expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
  });

  test("an event of another slot, of no schema or of an unknown category stops its slot with the reason", async () => {
    await backfillCatalog(between);
    const [a, b, c] = [product(10), product(11), product(12)].map((id) => ({
      id,
      slot: slotOf("catalog-data", id),
    }));
    if (a === undefined || b === undefined || c === undefined) throw new Error("no products");
    expect(new Set([a.slot, b.slot, c.slot]).size).toBe(3);
    const write = (slot: number, change: unknown) =>
      inTransaction(sides.shop, (client) => recordChanges(client, "catalog", slot, [change]));
    await write(a.slot, { type: "product-removed", id: b.id, version: 9 });
    await write(b.slot, { type: "product-exploded", id: b.id });
    const { rows } = await sides.shop.query("SELECT record FROM feed.product WHERE id = $1", [c.id]);
    await write(c.slot, { type: "product-saved", product: { ...rows[0].record, category: "unheard-of" } });
    await drain();
    const { slots, stopped } = await lagOfCatalog(between);
    expect(stopped).toBe(3);
    const trouble = (slot: number) => slots.find((row) => row.slot === slot)?.trouble;
    expect(trouble(a.slot)).toMatchObject({
      code: "BYN-DATA-002",
      detail: expect.stringContaining(`of slot ${b.slot}`),
    });
    expect(trouble(b.slot)).toMatchObject({ code: "BYN-DATA-002" });
    expect(trouble(c.slot)).toMatchObject({
      code: "BYN-DATA-003",
      detail: expect.stringContaining("category"),
    });
    await backfillCatalog(between);
    expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
  });
});

async function anyCategory(): Promise<string> {
  const { rows } = await sides.shop.query<{ slug: string }>(
    "SELECT slug FROM category WHERE parent_id IS NOT NULL ORDER BY slug LIMIT 1",
  );
  return rows[0]?.slug ?? "";
}

test("both sides' migrations hold the very SQL that platform/log/README.md prescribes", async () => {
  const read = (path: string) => readFile(join(import.meta.dirname, "../..", path), "utf8");
  const plain = (sql: string) => sql.replace(/--.*$/gm, "").replace(/\s+/g, " ").trim();
  const blocks = [...(await read("platform/log/README.md")).matchAll(/```sql\n(.*?)```/gs)].map((m) =>
    plain(m[1] ?? ""),
  );
  expect(blocks).toHaveLength(3);
  expect(plain(await read("monolith/migrations/003-log.sql"))).toContain(blocks[0]);
  expect(plain(await read("extracted/catalog/migrations/010-copy.sql"))).toContain(blocks[2]);
});

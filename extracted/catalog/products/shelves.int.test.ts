import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  type CatalogDatabase,
  createCatalogDatabase,
  idOf,
  sampleProduct,
  saveSampleCategories,
  saveSampleProducts,
} from "../catalog-database.fixture.ts";

let database: CatalogDatabase;
beforeAll(async () => {
  database = await createCatalogDatabase(inject("postgresUrl"));
  await saveSampleCategories(database.pool);
});
afterAll(() => database.remove());

/** Where each product has to stand and how many there are, computed anew from the two tables that are written. */
async function expectShelvesToBeTrue(): Promise<void> {
  const wanted = await database.pool.query(
    `WITH RECURSIVE up AS (
       SELECT id, slot, popularity, category AS place FROM product
       UNION ALL
       SELECT up.id, up.slot, up.popularity, category.parent
       FROM up JOIN category ON category.slug = up.place WHERE category.parent IS NOT NULL
     )
     SELECT id AS product, place AS category, popularity, slot FROM up
     UNION ALL SELECT id, '', popularity, slot FROM product
     ORDER BY product, category`,
  );
  const shelf = await database.pool.query(
    "SELECT product, category, popularity, slot FROM shelf ORDER BY product, category",
  );
  expect(shelf.rows).toEqual(wanted.rows);
  const counted = await database.pool.query(
    "SELECT category, slot, count(*)::int AS products FROM shelf GROUP BY 1, 2 ORDER BY 1, 2",
  );
  const tally = await database.pool.query(
    "SELECT category, slot, products FROM tally WHERE products <> 0 ORDER BY 1, 2",
  );
  expect(tally.rows).toEqual(counted.rows);
}

describe("what is derived from the products", () => {
  it("stays true under any order of saves, moves, edits and removals", async () => {
    let state = 20_261_122; // Park–Miller, so that a failure can be had again
    const below = (bound: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % bound;
    };
    for (let step = 0; step < 60; step++) {
      const n = below(25);
      if (below(3) === 0) await database.pool.query("DELETE FROM product WHERE id = $1", [idOf(n)]);
      else {
        const category = ["cups", "pans", "kitchen"][below(3)] ?? "cups";
        await saveSampleProducts(database.pool, [sampleProduct(n, { category, popularity: below(5) })]);
      }
      await expectShelvesToBeTrue();
    }
  });

  it("stays true when one statement writes many rows, old and new", async () => {
    await database.pool.query("UPDATE product SET popularity = popularity + 1, category = 'pans'");
    await expectShelvesToBeTrue();
    await database.pool.query("DELETE FROM product");
    await expectShelvesToBeTrue();
  });

  it("follows categories that are renamed, moved or added below others", async () => {
    await saveSampleProducts(
      database.pool,
      [1, 2, 3].map((n) => sampleProduct(n)),
    );
    await database.pool.query(
      "INSERT INTO category VALUES ('house', 'House', NULL), ('tiny', 'Tiny', 'cups')",
    );
    await database.pool.query("UPDATE category SET parent = 'house' WHERE slug = 'kitchen'");
    await saveSampleProducts(database.pool, [sampleProduct(4, { category: "tiny" })]);
    await expectShelvesToBeTrue();
    const aisle = await database.pool.query("SELECT name, way, children FROM aisle WHERE slug = 'cups'");
    expect(aisle.rows).toEqual([
      { name: "Cups", way: ["house", "kitchen", "cups"], children: [{ slug: "tiny", name: "Tiny" }] },
    ]);
    await database.pool.query("UPDATE category SET name = 'Mugs' WHERE slug = 'cups'");
    const renamed = await database.pool.query(
      "SELECT breadcrumb->2->>'name' AS name FROM aisle WHERE slug = 'tiny'",
    );
    expect(renamed.rows).toEqual([{ name: "Mugs" }]);
  });

  it("refuses a product of a category that is not there", async () => {
    const lost = saveSampleProducts(database.pool, [sampleProduct(9, { category: "nowhere" })]);
    await expect(lost).rejects.toMatchObject({ code: "23503" });
    await expectShelvesToBeTrue();
  });
});

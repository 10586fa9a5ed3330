import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";
import { charges, checkOut, newBuyer, order, productsInStock, putIntoCart } from "./buying.fixture.ts";

let shop: Shop;
let sku = "";
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { lockMs: 50 });
  [sku = ""] = await productsInStock(shop, 1, 100);
});
afterAll(() => shop.stop());

/** Does `work` while somebody else holds what this statement locks. */
async function whileHeld(statement: string, work: () => Promise<Response>): Promise<Response> {
  const holder = await shop.pool.connect();
  await holder.query("BEGIN");
  await holder.query(statement);
  try {
    return await work();
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
}

test.each([
  ["the cart", "SELECT FROM cart FOR UPDATE"],
  ["the stock", "SELECT FROM stock FOR UPDATE"],
])(
  "a checkout that waits too long for %s is told to come again, and charges nothing",
  async (_what, held) => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, sku);
    const before = await charges(shop);
    const answer = await whileHeld(held, () => checkOut(shop, buyer));
    expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-025"]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await charges(shop)).toEqual(before);
    expect((await checkOut(shop, buyer)).status).toBe(201);
  },
);

test("a cancel that waits too long for the stock leaves nothing begun, and can be asked for again", async () => {
  const buyer = await newBuyer(shop);
  const { id } = await order(shop, buyer, sku);
  const cancel = () => shop.ask(`/api/orders/${id}/cancel`, { method: "POST", cookie: buyer });
  const answer = await whileHeld("SELECT FROM stock FOR UPDATE", cancel);
  expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-025"]);
  expect((await shop.pool.query("SELECT FROM cancel_attempt")).rowCount).toBe(0);
  expect((await cancel()).status).toBe(200);
});

test("a page that waits too long says so", async () => {
  const buyer = await newBuyer(shop);
  await putIntoCart(shop, buyer, sku);
  const page = () =>
    fetch(`${shop.url}/cart/lines`, {
      method: "POST",
      redirect: "manual",
      headers: { accept: "text/html", cookie: buyer, origin: shop.url },
      body: new URLSearchParams({ product: sku, quantity: "2" }),
    });
  const answer = await whileHeld("SELECT FROM cart FOR UPDATE", page);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await answer.text()).toContain("BYN-SHOP-025");
});

import { Cart } from "@banyan/contracts/http/cart.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { cartLines, lockWaits, newBuyer, putIntoCart } from "../orders/buying.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";

let shop: Shop;
let ids: readonly string[];
let [first = "", second = "", third = ""]: readonly string[] = [];
let clockMs = 0;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { now: () => Date.now() + clockMs });
  const { rows } = await shop.pool.query<{ id: string }>(
    "SELECT id FROM product WHERE available ORDER BY id",
  );
  ids = rows.map(({ id }) => id);
  [first = "", second = "", third = ""] = ids;
});
afterAll(() => shop.stop());

const drop = (cookie: string, id: string) => shop.ask(`/api/cart/lines/${id}`, { method: "DELETE", cookie });

/** The cart's cookie of a new visitor who took this. */
async function visitorWith(id: string, quantity = 1): Promise<string> {
  const answer = await putIntoCart(shop, "", id, quantity);
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

describe("a visitor's cart", () => {
  test("is empty and sets no cookie until something is put into it", async () => {
    const answer = await shop.ask("/api/cart");
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await answer.json()).toEqual({ lines: [], total: { amount: 0, currency: "EUR" }, items: 0 });
    const dropped = await drop("", first);
    expect([dropped.status, dropped.headers.getSetCookie()]).toEqual([200, []]);
  });

  test("has a cookie that scripts can't read, whose secret is stored nowhere", async () => {
    const answer = await putIntoCart(shop, "", first);
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^cart=[0-9a-f-]{36}[.][\w-]{22}; Max-Age=2592000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const secret = cookie.split(";")[0]?.split(".")[1] ?? "";
    const { rows } = await shop.pool.query<{ row: string }>("SELECT cart::text AS row FROM cart");
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
    const again = await putIntoCart(shop, cookie.split(";")[0] ?? "", second);
    expect(again.headers.getSetCookie()).toEqual([]);
  });

  test("adds up lines, quantities and money at today's prices, in the order of adding", async () => {
    const cookie = await visitorWith(second, 3);
    const cart = Cart.parse(await (await putIntoCart(shop, cookie, first, 2)).json());
    expect(cart.lines.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      [second, 3],
      [first, 2],
    ]);
    expect(cart.items).toBe(5);
    expect(
      cart.lines.every(
        ({ product, quantity, lineTotal }) => lineTotal.amount === product.price.amount * quantity,
      ),
    ).toBe(true);
    expect(cart.total.amount).toBe(cart.lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0));
    const set = Cart.parse(await (await putIntoCart(shop, cookie, second, 1)).json());
    expect(set.lines.map(({ quantity }) => quantity)).toEqual([1, 2]);
    const left = Cart.parse(await (await drop(cookie, second)).json());
    expect(left.lines.map(({ product }) => product.id)).toEqual([first]);
    expect(await (await drop(cookie, second)).json()).toEqual(left);
  });

  test("opens to nobody who knows its id only, or another's secret", async () => {
    const mine = await visitorWith(first);
    const theirs = await visitorWith(second);
    const id = mine.slice("cart=".length).split(".")[0];
    const secret = theirs.split(".")[1];
    for (const cookie of [
      `cart=${id}`,
      `cart=${id}.`,
      `cart=${id}.${secret}`,
      "cart='; DROP",
      `cart=${id}.${"a".repeat(5_000)}`,
    ]) {
      expect(await cartLines(shop, cookie), cookie).toEqual([]);
      await drop(cookie, first);
    }
    expect(await cartLines(shop, mine)).toEqual([[first, 1]]);
    const forged = await putIntoCart(shop, `cart=${id}.${secret}`, third);
    expect(forged.headers.getSetCookie()[0]).not.toContain(id);
  });

  test("forgets a product that is gone, and keeps one that is not for sale now", async () => {
    const [gone = "", closed = ""] = ids.slice(-2);
    const cookie = await visitorWith(gone);
    await putIntoCart(shop, cookie, closed);
    await shop.ask(`/api/admin/products/${gone}`, { method: "DELETE", cookie: shop.admin });
    await shop.ask(`/api/admin/products/${closed}`, {
      method: "PATCH",
      cookie: shop.admin,
      body: { available: false },
    });
    const cart = Cart.parse(await (await shop.ask("/api/cart", { cookie })).json());
    expect(cart.lines).toMatchObject([{ product: { id: closed, available: false } }]);
    const refused = await putIntoCart(shop, cookie, closed, 2);
    expect([refused.status, await codeOf(refused)]).toEqual([409, "BYN-SHOP-012"]);
    const unknown = await putIntoCart(shop, cookie, gone);
    expect([unknown.status, await codeOf(unknown)]).toEqual([404, "BYN-SHOP-003"]);
  });
});

describe("adding to a cart", () => {
  const add = (cookie: string, id: string, quantity: number) =>
    shop.ask(`/api/cart/lines/${id}`, { method: "POST", cookie, body: { quantity } });

  test("puts a product into it, and more of one that is there, up to 99", async () => {
    const answer = await add("", first, 2);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^cart=./);
    await add(cookie, second, 1);
    expect(Cart.parse(await (await add(cookie, first, 3)).json()).items).toBe(6);
    await add(cookie, first, 98);
    expect(await cartLines(shop, cookie)).toEqual([
      [first, 99],
      [second, 1],
    ]);
  });

  test("at once counts every time", async () => {
    const cookie = await newBuyer(shop);
    await putIntoCart(shop, cookie, first);
    const holder = await shop.pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM cart_line FOR UPDATE");
    const asked = [add(cookie, first, 2), add(cookie, first, 3)];
    await expect.poll(() => lockWaits(shop)).toBe(2);
    await holder.query("COMMIT");
    holder.release();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await cartLines(shop, cookie)).toEqual([[first, 6]]);
  });

  test("refuses what setting a quantity refuses", async () => {
    const codes = [];
    for (const quantity of [0, 100, "1"]) {
      codes.push(await codeOf(await add("", first, quantity as number)));
    }
    codes.push(await codeOf(await add("", "0190a000-0000-7000-8000-00000000abcd", 1)));
    expect(codes).toEqual(["BYN-SHOP-002", "BYN-SHOP-002", "BYN-SHOP-002", "BYN-SHOP-003"]);
    const full = await visitorWith(first);
    for (const id of ids.slice(1, 50)) await putIntoCart(shop, full, id);
    expect(await codeOf(await add(full, ids[50] ?? "", 1))).toBe("BYN-SHOP-022");
  });
});

describe("what is put into a cart", () => {
  test.each([
    {},
    { quantity: 0 },
    { quantity: 100 },
    { quantity: 1.5 },
    { quantity: "2" },
    { quantity: 1, more: 1 },
    [],
    undefined,
  ])("is refused as %j", async (body) => {
    const path = `/api/cart/lines/${first}`;
    const answer = await shop.ask(path, { method: "PUT", ...(body === undefined ? {} : { body }) });
    expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test.each(["nope", "%00", "0190a000-0000-7000-8000-00000000abcd", "a".repeat(5_000)])(
    "is nothing at %s",
    async (id) => {
      for (const method of ["PUT", "DELETE"]) {
        const answer = await shop.ask(`/api/cart/lines/${id}`, { method, body: { quantity: 1 } });
        if (method === "DELETE" && id.startsWith("0190")) expect(answer.status).toBe(200);
        else expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
      }
    },
  );

  test("is fifty products at most", async () => {
    const cookie = await visitorWith(first);
    for (const id of ids.slice(1, 50)) expect((await putIntoCart(shop, cookie, id)).status).toBe(200);
    const answer = await putIntoCart(shop, cookie, ids[50] ?? "");
    expect([answer.status, await codeOf(answer)]).toEqual([409, "BYN-SHOP-022"]);
    expect((await putIntoCart(shop, cookie, first, 9)).status).toBe(200);
    expect(await cartLines(shop, cookie)).toHaveLength(50);
  });
});

describe("signing in", () => {
  const signIn = (email: string, cookie: string) =>
    shop.ask("/api/sessions", { method: "POST", cookie, body: { email, password: "long enough" } });

  test("takes what the visitor had along: quantities add, at most 99, and the cookie is cleared", async () => {
    const { buyer, email } = await known();
    await putIntoCart(shop, buyer, first, 60);
    await putIntoCart(shop, buyer, second, 1);
    const visitor = await visitorWith(first, 60);
    await putIntoCart(shop, visitor, third, 2);
    const answer = await signIn(email, visitor);
    expect(answer.headers.getSetCookie()[1]).toMatch(/^cart=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect(await cartLines(shop, buyer)).toEqual([
      [first, 99],
      [second, 1],
      [third, 2],
    ]);
    expect(await cartLines(shop, visitor)).toEqual([]);
  });

  test("up takes it along too, and a second sign-in with the same cookie adds nothing", async () => {
    const visitor = await visitorWith(first, 2);
    const { buyer, email } = await known(visitor);
    expect(await cartLines(shop, buyer)).toEqual([[first, 2]]);
    await Promise.all([signIn(email, visitor), signIn(email, visitor)]);
    expect(await cartLines(shop, buyer)).toEqual([[first, 2]]);
  });

  test("with a wrong password leaves the visitor's cart alone", async () => {
    const { email } = await known();
    const visitor = await visitorWith(first, 2);
    const answer = await shop.ask("/api/sessions", {
      method: "POST",
      cookie: visitor,
      body: { email, password: "another one" },
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    expect(await cartLines(shop, visitor)).toEqual([[first, 2]]);
  });

  test("never makes a cart of more than fifty products", async () => {
    const { buyer, email } = await known();
    for (const id of ids.slice(0, 49)) await putIntoCart(shop, buyer, id);
    const visitor = await visitorWith(first);
    for (const id of ids.slice(49, 53)) await putIntoCart(shop, visitor, id);
    await signIn(email, visitor);
    const lines = await cartLines(shop, buyer);
    expect(lines).toHaveLength(50);
    expect(lines).toContainEqual([first, 2]);
    expect(lines).toContainEqual([ids[49], 1]);
  });

  async function known(cookie?: string): Promise<{ buyer: string; email: string }> {
    const buyer = await newBuyer(shop, cookie);
    const me = (await (await shop.ask("/api/me", { cookie: buyer })).json()) as { email: string };
    return { buyer, email: me.email };
  }
});

test("a customer's cart is that customer's only, and is there on the next visit", async () => {
  const [mine, theirs] = await Promise.all([newBuyer(shop), newBuyer(shop)]);
  await Promise.all([1, 2, 3].map((quantity) => putIntoCart(shop, mine, ids[quantity] ?? "", quantity)));
  expect(await cartLines(shop, theirs)).toEqual([]);
  expect(await cartLines(shop, mine)).toHaveLength(3);
  expect((await putIntoCart(shop, mine, first)).headers.getSetCookie()).toEqual([]);
});

test("someone whose session has expired is a visitor again", async () => {
  const buyer = await newBuyer(shop);
  await putIntoCart(shop, buyer, first);
  clockMs = 13 * 3_600_000;
  const lines = await cartLines(shop, buyer);
  const put = await putIntoCart(shop, buyer, second);
  clockMs = 0;
  expect(lines).toEqual([]);
  expect(put.headers.getSetCookie()[0]).toMatch(/^cart=/);
  expect(await cartLines(shop, buyer)).toEqual([[first, 1]]);
});

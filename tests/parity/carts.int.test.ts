import { Cart } from "@banyan/contracts/http/cart.ts";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  cookieOf,
  customer,
  forSale,
  keysOf,
  refusal,
  SHOP_SIDES,
  type ShopSide,
  send,
} from "./shop-sides.ts";

describe.each(SHOP_SIDES)("the carts of the $name side keep the contract", ({ open }) => {
  let side: ShopSide;
  let [first = "", second = ""]: string[] = [];
  beforeAll(async () => {
    side = await open(inject("postgresUrl"));
    [first = "", second = ""] = await forSale(side, 2, 100);
  });
  afterAll(() => side?.stop());

  const put = (cookie: string, id: string, quantity = 1) =>
    send(side, "PUT", `/api/cart/lines/${id}`, { cookie, body: { quantity } });

  it("for a visitor: empty without a cookie, then kept by one", async () => {
    const empty = await send(side, "GET", "/api/cart");
    expect(empty.text).toBe('{"lines":[],"total":{"amount":0,"currency":"EUR"},"items":0}');
    expect(empty.headers["set-cookie"]).toBeUndefined();
    const filled = await put("", first, 2);
    expect(filled.status).toBe(200);
    expect(filled.headers["set-cookie"]?.[0]).toMatch(/; Path=\/; .*HttpOnly; SameSite=Lax$/);
    const again = await send(side, "GET", "/api/cart", { cookie: cookieOf(filled, "cart") });
    expect(again.text).toBe(filled.text);
  });

  it("in shape and key order, and says not to keep it", async () => {
    const cookie = await customer(side);
    await put(cookie, first, 3);
    const answer = await put(cookie, second, 1);
    const cart = Cart.parse(answer.json);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(keysOf(cart)).toEqual(keysOf(answer.json));
    expect(cart.lines.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      [first, 3],
      [second, 1],
    ]);
    expect(cart.items).toBe(4);
    expect(cart.total.amount).toBe(cart.lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0));
  });

  it("by setting a quantity, not adding to it, and taking a line out as often as asked", async () => {
    const cookie = await customer(side);
    await put(cookie, first, 5);
    expect(Cart.parse((await put(cookie, first, 2)).json).items).toBe(2);
    for (let twice = 0; twice < 2; twice++) {
      const answer = await send(side, "DELETE", `/api/cart/lines/${first}`, { cookie });
      expect([answer.status, Cart.parse(answer.json).lines]).toEqual([200, []]);
    }
  });

  it("by adding to a quantity, up to 99", async () => {
    const cookie = await customer(side);
    const add = (quantity: number) =>
      send(side, "POST", `/api/cart/lines/${first}`, { cookie, body: { quantity } });
    expect(Cart.parse((await add(5)).json).items).toBe(5);
    expect(Cart.parse((await add(2)).json).items).toBe(7);
    expect(Cart.parse((await add(99)).json).items).toBe(99);
  });

  it("when a visitor signs up: the cart comes along, once", async () => {
    const visitor = cookieOf(await put("", first, 60), "cart");
    const signedUp = await send(side, "POST", "/api/customers", {
      cookie: visitor,
      body: { email: "moves@mail.example", name: "Moves", password: "long enough" },
    });
    expect(cookieOf(signedUp, "cart")).toBe("cart=");
    const session = cookieOf(signedUp, "session");
    const items = async (cookie: string) =>
      Cart.parse((await send(side, "GET", "/api/cart", { cookie })).json).items;
    expect([await items(session), await items(visitor)]).toEqual([60, 0]);
    const other = cookieOf(await put("", first, 60), "cart");
    await send(side, "POST", "/api/sessions", {
      cookie: other,
      body: { email: "moves@mail.example", password: "long enough" },
    });
    expect(await items(session)).toBe(99);
  });

  it("by keeping carts apart", async () => {
    const [mine, theirs] = [await customer(side), await customer(side)];
    await put(mine, first);
    expect(Cart.parse((await send(side, "GET", "/api/cart", { cookie: theirs })).json).lines).toEqual([]);
  });

  it.each([
    ["/api/cart/lines/nope", { quantity: 1 }, 404, "BYN-SHOP-003"],
    ["/api/cart/lines/0190a000-0000-7000-8000-00000000abcd", { quantity: 1 }, 404, "BYN-SHOP-003"],
    ["/api/cart/lines/%00", { quantity: 1 }, 404, "BYN-SHOP-003"],
    ["/api/cart/lines/FIRST", { quantity: 0 }, 400, "BYN-SHOP-002"],
    ["/api/cart/lines/FIRST", { quantity: 100 }, 400, "BYN-SHOP-002"],
    ["/api/cart/lines/FIRST", { quantity: "1" }, 400, "BYN-SHOP-002"],
    ["/api/cart/lines/FIRST", { quantity: 1, sku: "x" }, 400, "BYN-SHOP-002"],
    ["/api/cart/lines/FIRST", "{", 400, "BYN-SHOP-002"],
    ["/api/cart/lines/FIRST", { quantity: "x".repeat(101 * 1024) }, 413, "BYN-SHOP-011"],
  ])("by refusing %s with %o", async (path, body, status, code) => {
    const answer = await send(side, "PUT", path.replace("FIRST", first), { body });
    expect(refusal(answer)).toEqual([status, code]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

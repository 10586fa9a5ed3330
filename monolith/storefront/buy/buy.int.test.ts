import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { lockWaits } from "../../orders/buying.fixture.ts";
import { openShop, type Shop } from "../../shop.fixture.ts";
import {
  ADDRESS,
  browserOf,
  CARD,
  fillCart,
  filledIn,
  headingOf,
  order,
  placeOf,
  signUp,
  someProduct,
} from "../browser.fixture.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

describe("a cart", () => {
  test("is a stranger's by its cookie, grows, is changed and emptied", async () => {
    const visitor = browserOf(shop);
    const { id, name } = await someProduct(shop);
    const added = await visitor.go("/cart/lines", { product: id, quantity: "2", add: "1" });
    expect(added.status).toBe(303);
    expect(added.headers.getSetCookie().join()).toMatch(/^cart=[^;]+;.*HttpOnly/);
    await visitor.go("/cart/lines", { product: id, quantity: "3", add: "1" });
    const cart = await visitor.go("/cart");
    expect(cart.text).toContain(`Quantity of ${name.replaceAll("'", "&#39;")}`);
    expect(cart.text).toContain('value="5"');
    expect(cart.text).toContain('<span class="badge">5');
    expect(cart.headers.get("cache-control")).toBe("private, no-store");
    await visitor.go("/cart/lines", { product: id, quantity: "98", add: "1" });
    expect((await visitor.go("/cart")).text).toContain('value="99"');
    await visitor.go("/cart/lines", { product: id, quantity: "0" });
    expect((await visitor.go("/cart")).text).toContain("It is empty.");
  });

  test("that is added to twice at once, as by two clicks, holds both", async () => {
    const visitor = browserOf(shop);
    const { id } = await someProduct(shop);
    const add = () => visitor.go("/cart/lines", { product: id, quantity: "2", add: "1" });
    await add();
    const holder = await shop.pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM cart_line FOR UPDATE");
    const clicks = [add(), add()];
    await expect.poll(() => lockWaits(shop)).toBe(2);
    await holder.query("COMMIT");
    holder.release();
    expect((await Promise.all(clicks)).map(({ status }) => status)).toEqual([303, 303]);
    expect((await visitor.go("/cart")).text).toContain('value="6"');
  });

  test("of a stranger is the customer's after signing in", async () => {
    const visitor = browserOf(shop);
    await fillCart(visitor);
    expect(placeOf(await signUp(visitor, "/cart"))).toBe("/cart");
    expect(visitor.cookies.has("cart")).toBe(false);
    const cart = await visitor.go("/cart");
    expect(cart.text).toContain('<span class="badge">2');
    expect(cart.text).toContain("Sign out");
  });

  test.each([
    ["0.5", 400, "A quantity is a number from 1 to 99"],
    ["100", 400, "A quantity is a number from 1 to 99"],
    ["many", 400, "A quantity is a number from 1 to 99"],
  ])("refuses a quantity of %s and says why", async (quantity, status, text) => {
    const { id } = await someProduct(shop);
    const shown = await browserOf(shop).go("/cart/lines", { product: id, quantity });
    expect(shown.status).toBe(status);
    expect(shown.text).toContain(text);
  });

  test("refuses what is not there and what is not for sale", async () => {
    const gone = await browserOf(shop).go("/cart/lines", { product: "nope", quantity: "1" });
    expect([gone.status, headingOf(gone)]).toEqual([404, "Your cart"]);
    const half = await fetch(`${shop.url}/cart/lines`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: shop.url },
      body: '{"product":"\\ud800","quantity":"1"}',
    });
    expect(half.status).toBe(404);
    const { rows } = await shop.pool.query<{ id: string }>(
      "SELECT id FROM product WHERE NOT available LIMIT 1",
    );
    const closed = await browserOf(shop).go("/cart/lines", { product: rows[0]?.id ?? "", quantity: "1" });
    expect(closed.status).toBe(409);
    expect(closed.text).toContain("The product is not for sale");
    const page = await browserOf(shop).go(`/catalog/products/${rows[0]?.id}`);
    expect(page.text).not.toContain("Add to cart");
  });
});

describe("buying", () => {
  test("ends at the order's page, with its invoice, and in the list of orders", async () => {
    const visitor = browserOf(shop);
    const path = await order(visitor);
    const shown = await visitor.go(`${path}?placed=1`);
    const number = /<h1>Order (FL-\d+)<\/h1>/.exec(shown.text)?.[1] ?? "";
    expect(number).not.toBe("");
    expect(shown.text).toContain("Thank you!");
    expect(shown.text).toContain("Ada O&#39;Neil<br>14 Fig Lane<br>D08 Dublin<br>Ireland");
    expect(shown.text).toContain("Card ending in 4242: paid.");
    expect((await visitor.go("/orders")).text).toContain(`>${number}</a>`);
    expect((await visitor.go("/cart")).text).toContain("It is empty.");
    const invoice = await visitor.go(`${path}/invoice`);
    expect([invoice.status, invoice.headers.get("content-type")]).toEqual([200, "application/pdf"]);
    expect(invoice.headers.get("content-disposition")).toBe(`inline; filename="${number}.pdf"`);
    expect(invoice.text.startsWith("%PDF-")).toBe(true);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ["a declined card", { "card.number": "4000000000000002" }, 402, "The card was declined"],
    ["a silent processor", { "card.number": "4000000000000341" }, 503, "The card processor does not answer"],
    ["a changed price", { "expect.amount": "1" }, 409, "The price has changed"],
    ["a wrong digit", { "card.number": "4242424242424241" }, 400, "its check digit is wrong"],
    [
      "an empty address",
      { "shipTo.street": " ", "shipTo.country": "Ireland" },
      400,
      'href="#shipTo-country"',
    ],
  ])(
    "after %s the form is there again, with the address, without the card",
    async (_what, change, status, text) => {
      const visitor = browserOf(shop);
      await signUp(visitor);
      await fillCart(visitor);
      const shown = await visitor.go("/checkout", await filledIn(visitor, change));
      expect(shown.status).toBe(status);
      expect(shown.text).toContain(text);
      expect(shown.text).toContain('value="D08"');
      // What is paid for stands before the button that pays.
      expect(shown.text).toMatch(/Your order<\/h2>.*<button>Order and pay/s);
      expect(shown.text).not.toMatch(/value="[^"]*(?:4242|4000)/);
      expect((await visitor.go("/orders")).text).toContain("There are none yet.");
    },
  );

  test("more than there is names what there is too little of", async () => {
    const visitor = browserOf(shop);
    await signUp(visitor);
    const { id, name } = await someProduct(shop);
    await visitor.go("/cart/lines", { product: id, quantity: "3" });
    const form = await filledIn(visitor);
    await shop.pool.query("UPDATE stock SET on_hand = 1 WHERE sku = $1", [id]);
    const { status, text } = await visitor.go("/checkout", form);
    await shop.pool.query("UPDATE stock SET on_hand = 500 WHERE sku = $1", [id]);
    expect(status).toBe(409);
    expect(text).toContain("There is not enough in stock");
    expect(text).toContain(name.replaceAll("'", "&#39;"));
  });

  test("without a session, or without a cart, it says what comes first", async () => {
    const visitor = browserOf(shop);
    expect(placeOf(await visitor.go("/checkout"))).toBe("/sign-in?next=%2Fcheckout");
    expect(placeOf(await visitor.go("/checkout", { ...ADDRESS, ...CARD }))).toBe("/sign-in?next=%2Fcheckout");
    await signUp(visitor);
    expect((await visitor.go("/checkout")).text).toContain("Your cart is empty.");
    const { status, text } = await visitor.go("/checkout", {
      ...ADDRESS,
      ...CARD,
      "expect.amount": "0",
      "expect.currency": "EUR",
    });
    expect(status).toBe(409);
    expect(text).toContain("The cart is empty");
  });

  test("an order is cancelled once, and its page says so", async () => {
    const visitor = browserOf(shop);
    const path = await order(visitor);
    expect(placeOf(await visitor.go(`${path}/cancel`, {}))).toBe(path);
    const shown = await visitor.go(path);
    expect(shown.text).toContain("Cancelled");
    expect(shown.text).toContain("Card ending in 4242: given back.");
    expect(shown.text).not.toContain("Cancel this order");
    const again = await visitor.go(`${path}/cancel`, {});
    expect(again.status).toBe(409);
    expect(again.text).toContain("The order can&#39;t be cancelled");
  });

  test("an order of somebody else is not there: no page, no invoice, no way to cancel it", async () => {
    const path = await order(browserOf(shop));
    const other = browserOf(shop);
    await signUp(other);
    for (const shown of [
      await other.go(path),
      await other.go(`${path}/invoice`),
      await other.go(`${path}/cancel`, {}),
    ]) {
      expect(shown.status).toBe(404);
      expect(shown.headers.get("content-type")).toBe("text/html; charset=utf-8");
    }
    expect(placeOf(await browserOf(shop).go(`${path}/cancel`, {}))).toBe(
      `/sign-in?next=${encodeURIComponent(path)}`,
    );
  });
});

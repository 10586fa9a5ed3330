import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openShop, type Shop } from "../../shop.fixture.ts";
import { browserOf, placeOf, type Shown, signUp, someProduct } from "../browser.fixture.ts";

const FORMS = "application/x-www-form-urlencoded";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

describe("signing in", () => {
  test("leads back to where one wanted to go, and never out of the shop", async () => {
    const visitor = browserOf(shop);
    const sent = await visitor.go("/orders?page=1");
    expect([sent.status, placeOf(sent)]).toEqual([303, "/sign-in?next=%2Forders%3Fpage%3D1"]);
    expect((await visitor.go(placeOf(sent))).text).toContain('name="next" value="/orders?page=1"');
    expect(placeOf(await signUp(visitor, "/orders?page=1"))).toBe("/orders?page=1");
    expect(placeOf(await signUp(browserOf(shop), "https://evil.example/"))).toBe("/");
    expect(placeOf(await signUp(browserOf(shop), "//evil.example/"))).toBe("/");
  });

  test("says that it was wrong, but not what, and keeps the e-mail, not the password", async () => {
    const { status, text } = await browserOf(shop).go("/sign-in", {
      email: "admin@shop.example",
      password: "guess-work",
    });
    expect(status).toBe(401);
    expect(text).toContain("The e-mail or the password is wrong");
    expect(text).toContain('value="admin@shop.example"');
    expect(text).not.toContain("guess-work");
  });

  test("says how long to wait after too many tries", async () => {
    let shown: Shown | undefined;
    for (let n = 0; n < 60 && shown?.status !== 429; n++) {
      shown = await browserOf(shop).go(
        "/sign-in",
        { email: "tried@mail.example", password: "guess" },
        { "x-forwarded-for": "192.0.2.9" },
      );
    }
    expect(shown?.status).toBe(429);
    expect(Number(shown?.headers.get("retry-after"))).toBeGreaterThan(0);
    // By e-mail and by who asks, not by the storefront's own address: others still get in.
    expect((await signUp(browserOf(shop))).status).toBe(303);
    const other = await browserOf(shop).go("/sign-in", {
      email: "admin@shop.example",
      password: "banyan-demo-shop",
    });
    expect(other.status).toBe(303);
  });

  test("names each mistake at its field", async () => {
    const { status, text } = await browserOf(shop).go("/sign-up", {
      name: "",
      email: "no",
      password: "short",
    });
    expect(status).toBe(400);
    for (const field of ["name", "email", "password"]) {
      expect(text).toContain(`<a href="#${field}">`);
      expect(text).toMatch(
        new RegExp(`id="${field}"[^>]*aria-invalid="true" aria-describedby="[^"]*${field}-wrong"`),
      );
    }
  });

  test("is not forgotten by a page that says what went wrong", async () => {
    const visitor = browserOf(shop);
    await signUp(visitor);
    for (const path of ["/no-such-page", "/orders/0190f3e4-0000-7000-8000-000000000000"]) {
      const { status, text } = await visitor.go(path);
      expect(status).toBe(404);
      expect(text).toContain("Ada O&#39;Neil");
    }
  });

  test("ends with signing out", async () => {
    const visitor = browserOf(shop);
    await signUp(visitor);
    expect(placeOf(await visitor.go("/sign-out", {}))).toBe("/");
    expect(visitor.cookies.has("session")).toBe(false);
    expect((await visitor.go("/orders")).status).toBe(303);
  });
});

describe("a form from another site", () => {
  test.each<[string, Record<string, string>]>([
    ["that the browser names so", { "sec-fetch-site": "cross-site" }],
    ["by its Origin", { origin: "https://evil.example" }],
    ["that says nothing of where it stood", { origin: "null" }],
  ])("%s is refused with a page, and changes nothing", async (_what, headers) => {
    const visitor = browserOf(shop);
    await signUp(visitor);
    const { id } = await someProduct(shop);
    const { status, text } = await visitor.go(
      "/cart/lines",
      { product: id, quantity: "1" },
      { ...headers, "content-type": FORMS },
    );
    expect(status).toBe(403);
    expect(text).toContain("The form did not come from our own pages");
    expect((await visitor.go("/cart")).text).toContain("It is empty.");
    expect((await visitor.go("/sign-out", {}, headers)).status).toBe(403);
    expect(visitor.cookies.has("session")).toBe(true);
  });
});

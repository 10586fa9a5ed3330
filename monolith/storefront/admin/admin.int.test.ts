import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openShop, type Shop } from "../../shop.fixture.ts";
import { browserOf, placeOf, signUp } from "../browser.fixture.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { orders: 50 });
});
afterAll(() => shop.stop());

describe("the reports", () => {
  test("are for admins: others are told so", async () => {
    const visitor = browserOf(shop);
    expect(placeOf(await visitor.go("/admin"))).toBe("/sign-in?next=%2Fadmin");
    await signUp(visitor);
    for (const path of ["/admin", "/admin/stock"]) {
      const { status, text } = await visitor.go(path);
      expect(status).toBe(403);
      expect(text).toContain("for the people who run the shop");
    }
  });

  test("show sales, best sellers and stock", async () => {
    const visitor = browserOf(shop);
    visitor.cookies.set("session", shop.admin.replace("session=", ""));
    const sales = await visitor.go("/admin?from=2020-01-01&to=2026-12-31");
    expect(sales.status).toBe(200);
    expect(sales.text).toContain("Revenue by month");
    expect(sales.text).toContain("<meter ");
    expect(sales.text).toContain('<a href="/admin">Reports</a>');
    expect((await visitor.go("/admin")).text).toContain("Revenue by day");
    const [, tenYears = ""] = /href="([^"]+)">10 years</.exec(sales.text) ?? [];
    expect((await visitor.go(tenYears.replaceAll("&#38;", "&"))).text).toContain(
      'aria-current="true">10 years<',
    );
    const stock = await visitor.go("/admin/stock?page=2");
    expect(stock.text).toContain("What runs out first");
    expect(stock.text).toContain('href="/admin/stock?page=3"');
    const wrong = await visitor.go("/admin?from=2026-02-02&to=2026-01-01");
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('value="2026-02-02"');
  });
});

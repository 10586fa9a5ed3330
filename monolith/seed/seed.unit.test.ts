import { CategorySlug, ProductId } from "@banyan/contracts/http/catalog.ts";
import { describe, expect, test } from "vitest";
import { passwordMatches } from "../customers/passwords.ts";
import { dayBefore, LAST_DRAWN_DAY } from "./calendar.ts";
import { seedCatalog } from "./catalog.ts";
import { DEMO_PASSWORD, DEMO_PASSWORD_HASH, seedCustomers } from "./customers.ts";
import { seedOrders } from "./orders.ts";
import { seedStock } from "./stock.ts";

const { categories, products } = seedCatalog(1, 5_000);

test("the same seed makes the same shop, another seed another one", () => {
  expect(seedCatalog(1, 5_000)).toEqual({ categories, products });
  expect(seedCustomers(1, 50)).toEqual(seedCustomers(1, 50));
  expect(seedCatalog(2, 5_000).products[0]?.id).not.toBe(products[0]?.id);
  expect(seedCustomers(2, 50)[1]).not.toEqual(seedCustomers(1, 50)[1]);
});

test("there are forty categories in two levels, with distinct slugs, none of them empty", () => {
  expect(categories).toHaveLength(40);
  expect(new Set(categories.map(({ slug }) => CategorySlug.parse(slug)))).toHaveLength(40);
  expect(categories.filter(({ parentId }) => parentId === null)).toHaveLength(8);
  const used = new Set(products.map(({ categoryId }) => categoryId));
  expect(used).toEqual(new Set(categories.map(({ id }) => id)));
});

test("ids are distinct UUIDv7 in the order of time", () => {
  const ids = products.map(({ id }) => ProductId.parse(id));
  expect(new Set(ids)).toHaveLength(5_000);
  expect(ids.every((id) => /^.{14}7.{4}[89ab]/.test(id))).toBe(true);
  expect(ids.every((id, n) => id.slice(0, 13) >= (ids[n - 1] ?? "").slice(0, 13))).toBe(true);
});

test("popularity follows Zipf's law: rank times popularity is the same all the way down", () => {
  const sorted = products.map(({ popularity }) => popularity).sort((a, b) => b - a);
  for (const rank of [1, 2, 10, 100, 1_000, 5_000])
    expect((sorted[rank - 1] ?? 0) * rank).toBeCloseTo(1_000_000, -4);
});

test("descriptions have 60 to 200 words and no gap left to fill", () => {
  for (const { description, name } of products) {
    const words = description.split(/\s+/).length;
    expect(words, name).toBeGreaterThanOrEqual(60);
    expect(words, name).toBeLessThanOrEqual(200);
    expect(description).not.toMatch(/[{}]|undefined/);
  }
});

test("most products are in stock, prices are whole cents above zero", () => {
  const available = products.filter((product) => product.available).length / products.length;
  expect(available).toBeCloseTo(0.92, 1);
  expect(products.every(({ priceAmount }) => Number.isInteger(priceAmount) && priceAmount > 0)).toBe(true);
});

test("customers have distinct e-mails, one of them is the administrator, and the demo password is theirs", async () => {
  const customers = seedCustomers(1, 2_000);
  expect(new Set(customers.map(({ email }) => email))).toHaveLength(2_001);
  expect(customers.filter(({ role }) => role === "admin").map(({ email }) => email)).toEqual([
    "admin@shop.example",
  ]);
  expect(await passwordMatches(DEMO_PASSWORD_HASH, DEMO_PASSWORD)).toBe(true);
  expect(await passwordMatches(undefined, DEMO_PASSWORD)).toBe(false);
});

describe("20,000 orders", () => {
  const customers = seedCustomers(1, 2_000);
  const orders = seedOrders(1, 20_000, { products, customers }, LAST_DRAWN_DAY);

  test("are the same for the same seed, with distinct ids and their numbers in the order of time", () => {
    expect(seedOrders(1, 20_000, { products, customers }, LAST_DRAWN_DAY)).toEqual(orders);
    expect(seedOrders(2, 1, { products, customers }, LAST_DRAWN_DAY)[0]?.id).not.toBe(orders[0]?.id);
    expect(new Set(orders.flatMap(({ id, paymentId }) => [id, paymentId])).size).toBe(40_000);
    expect(orders.every(({ number }, n) => number === n + 1)).toBe(true);
    expect(orders.every(({ placedAt }, n) => n === 0 || placedAt >= (orders[n - 1]?.placedAt ?? 0))).toBe(
      true,
    );
  });

  test("end on the day that is asked for, with nothing changed but their moments, by whole days", () => {
    const lastDay = dayBefore(Date.parse("2027-02-03T00:30:00Z"));
    expect(lastDay).toBe("2027-02-02");
    const moved = seedOrders(1, 20_000, { products, customers }, lastDay);
    const movedMs = Date.parse(lastDay) - Date.parse(LAST_DRAWN_DAY);
    const timeless = (of: typeof orders, byMs: number) =>
      of.map(({ id, paymentId, placedAt, cancelledAt, ...rest }) => ({
        ...rest,
        // What follows a UUIDv7's time.
        ids: [id.slice(13), paymentId.slice(13)],
        placedMs: placedAt.getTime() - byMs,
        cancelledMs: cancelledAt && cancelledAt.getTime() - byMs,
      }));
    expect(timeless(moved, movedMs)).toEqual(timeless(orders, 0));
    const moments = moved.flatMap(({ placedAt, cancelledAt }) => [placedAt, cancelledAt ?? placedAt]);
    const last = new Date(
      moments.reduce((most, moment) => Math.max(most, moment.getTime()), 0),
    ).toISOString();
    expect(last.slice(0, 10)).toBe(lastDay);
  });

  test("hold only what was in the shop on that day, for customers who had signed up", () => {
    const created = new Map(
      [...products, ...customers].map(({ id, createdAt }) => [id, createdAt.getTime()]),
    );
    for (const { placedAt, customerId, lines } of orders) {
      expect(lines.length).toBeGreaterThan(0);
      const known = [customerId, ...lines.map(({ sku }) => sku)].every(
        (id) => (created.get(id) ?? Number.POSITIVE_INFINITY) <= placedAt.getTime(),
      );
      expect(known).toBe(true);
    }
  });

  test("grow from year to year, sell what is popular most, and are now and then cancelled", () => {
    const years = Map.groupBy(orders, ({ placedAt }) => placedAt.getUTCFullYear());
    const counts = [2016, 2018, 2020, 2022, 2024].map((year) => years.get(year)?.length ?? 0);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    const sold = Map.groupBy(
      orders.flatMap(({ lines }) => lines),
      ({ sku }) => sku,
    );
    const byPopularity = products.toSorted((a, b) => b.popularity - a.popularity);
    const soldOf = (from: number, to: number) =>
      byPopularity.slice(from, to).reduce((sum, { id }) => sum + (sold.get(id)?.length ?? 0), 0);
    expect(soldOf(0, 50)).toBeGreaterThan(soldOf(2_000, 4_000));
    expect(orders.filter(({ status }) => status === "cancelled").length / 20_000).toBeCloseTo(0.06, 2);
  });

  test("are none where nobody could order", () => {
    expect(seedOrders(1, 10, { products, customers: customers.slice(0, 1) }, LAST_DRAWN_DAY)).toEqual([]);
  });
});

test("there is stock of what is for sale, more of what is popular, none of the rest", () => {
  const stock = new Map(seedStock(1, products).map(({ sku, onHand }) => [sku, onHand]));
  expect(products.every(({ id, available }) => (stock.get(id) ?? -1) > 0 === available)).toBe(true);
  const [top] = products.filter(({ available }) => available).toSorted((a, b) => b.popularity - a.popularity);
  expect(stock.get(top?.id ?? "")).toBeGreaterThan(1_000);
});

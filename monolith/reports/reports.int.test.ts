import { BestSellersReport, SalesReport, StockReport } from "@banyan/contracts/http/reports.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { newBuyer } from "../orders/buying.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";

const DAY_MS = 86_400_000;
let shop: Shop;
let rows: Rows;
let nowMs = 0;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { orders: 1_500, now: () => nowMs || Date.now() });
  // Products are renamed now and then: lines keep the name of their day.
  await shop.pool.query(
    "UPDATE order_line SET name = name || ' II' FROM shop_order o WHERE o.id = order_id AND o.number % 2 = 0",
  );
  rows = await readRows();
  nowMs = Math.max(...rows.orders.map(({ placedMs }) => placedMs)) + 1_000;
});
afterAll(() => shop.stop());

/** All that the figures are made of, as plain rows: what the SQL is checked against is counted here by hand. */
interface Rows {
  readonly orders: readonly {
    readonly id: string;
    readonly number: number;
    readonly placedMs: number;
    readonly stands: boolean;
    readonly lines: readonly {
      readonly sku: string;
      readonly name: string;
      readonly price: number;
      readonly quantity: number;
    }[];
  }[];
  readonly stock: readonly {
    readonly sku: string;
    readonly name: string;
    readonly onHand: number;
    readonly price: number;
  }[];
}

async function readRows(): Promise<Rows> {
  const orders = await shop.pool.query<{ id: string; number: number; placed_at: Date; status: string }>(
    "SELECT id, number, placed_at, status FROM shop_order",
  );
  const lines = await shop.pool.query<{
    order_id: string;
    sku: string;
    name: string;
    price: number;
    quantity: number;
  }>("SELECT order_id, sku, name, unit_amount AS price, quantity FROM order_line ORDER BY order_id, line");
  const stock = await shop.pool.query<Rows["stock"][number]>(
    `SELECT sku, name, on_hand AS "onHand", price_amount AS price FROM stock JOIN product ON product.id = sku`,
  );
  const byOrder = Map.groupBy(lines.rows, (line) => line.order_id);
  return {
    orders: orders.rows.map(({ id, number, placed_at, status }) => ({
      id,
      number,
      placedMs: placed_at.getTime(),
      stands: status === "placed",
      lines: byOrder.get(id) ?? [],
    })),
    stock: stock.rows,
  };
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const eur = (amount: number) => ({ amount, currency: "EUR" });
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const within = (from: string, to: string) =>
  rows.orders.filter(({ placedMs }) => dayOf(placedMs) >= from && dayOf(placedMs) <= to);

function sumsOf(orders: Rows["orders"]) {
  const standing = orders.filter(({ stands }) => stands);
  const lines = standing.flatMap((order) => order.lines);
  return {
    orders: standing.length,
    cancelled: orders.length - standing.length,
    pieces: sum(lines.map(({ quantity }) => quantity)),
    revenue: eur(sum(lines.map(({ price, quantity }) => price * quantity))),
  };
}

/** The range that holds the middle half of the orders: some lie outside on either side. */
function middle(): { from: string; to: string } {
  const times = rows.orders.map(({ placedMs }) => placedMs).sort((a, b) => a - b);
  const at = (ratio: number) => times[Math.floor(times.length * ratio)] ?? 0;
  const to = at(0.75);
  return { from: dayOf(Math.max(at(0.25), to - 3_000 * DAY_MS)), to: dayOf(to) };
}

async function report(path: string): Promise<unknown> {
  const answer = await shop.ask(`/api/admin/reports/${path}`, { cookie: shop.admin });
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return answer.json();
}

describe("sales by day", () => {
  test("are what the orders add up to, day by day, with every day of the range", async () => {
    const { from, to } = middle();
    const { days, total, lag } = SalesReport.parse(await report(`sales?from=${from}&to=${to}`));
    expect(lag).toBe(0);
    const byDay = Map.groupBy(within(from, to), ({ placedMs }) => dayOf(placedMs));
    const expected = [];
    for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
      expected.push({ day: dayOf(ms), ...sumsOf(byDay.get(dayOf(ms)) ?? []) });
    }
    expect(days).toEqual(expected);
    expect(total).toEqual(sumsOf(within(from, to)));
    expect([total.orders > 100, total.cancelled > 0]).toEqual([true, true]);
  });

  test("count the last moment of a day to that day, and the next to the next", async () => {
    const [edge] = rows.orders;
    const move = (time: string) =>
      shop.pool.query("UPDATE shop_order SET placed_at = $2 WHERE id = $1", [edge?.id, time]);
    const ordersOn = async (day: string) =>
      SalesReport.parse(await report(`sales?from=${day}&to=${day}`)).total;
    const before = [await ordersOn("2001-05-05"), await ordersOn("2001-05-06")];
    await move("2001-05-05T23:59:59.999Z");
    const late = [await ordersOn("2001-05-05"), await ordersOn("2001-05-06")];
    await move("2001-05-06T00:00:00.000Z");
    const early = [await ordersOn("2001-05-05"), await ordersOn("2001-05-06")];
    await move(new Date(edge?.placedMs ?? 0).toISOString());
    const all = ({ orders, cancelled }: (typeof before)[number]) => orders + cancelled;
    expect([before.map(all), late.map(all), early.map(all)]).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
  });
});

describe("best sellers", () => {
  test("are the products of which most pieces were sold in the range, cancelled orders left out", async () => {
    const { from, to } = middle();
    const { items } = BestSellersReport.parse(await report(`best-sellers?from=${from}&to=${to}&limit=100`));
    const sold = within(from, to)
      .filter(({ stands }) => stands)
      .sort((a, b) => a.number - b.number)
      .flatMap(({ id, lines }) => lines.map((line) => ({ id, ...line })));
    const expected = [...Map.groupBy(sold, ({ sku }) => sku)]
      .map(([sku, lines]) => ({
        sku,
        name: lines.at(-1)?.name,
        orders: new Set(lines.map(({ id }) => id)).size,
        pieces: sum(lines.map(({ quantity }) => quantity)),
        revenue: eur(sum(lines.map(({ price, quantity }) => price * quantity))),
      }))
      .sort((a, b) => b.pieces - a.pieces || (a.sku < b.sku ? -1 : 1));
    expect(items).toEqual(expected.slice(0, 100));
    expect(items.length).toBeGreaterThan(50);
  });

  test("are ten unless it is said, and none where nothing was sold", async () => {
    const { from, to } = middle();
    const ten = BestSellersReport.parse(await report(`best-sellers?from=${from}&to=${to}`));
    const none = BestSellersReport.parse(await report("best-sellers?from=2001-01-01&to=2001-12-31"));
    expect([ten.items.length, none.items]).toEqual([10, []]);
  });
});

describe("stock", () => {
  test("adds up what is on hand, and lists first what runs out first at the pace of 30 days", async () => {
    const pace = new Map<string, number>();
    for (const { stands, placedMs, lines } of rows.orders) {
      if (!stands || placedMs <= nowMs - 30 * DAY_MS || placedMs > nowMs) continue;
      for (const { sku, quantity } of lines) pace.set(sku, (pace.get(sku) ?? 0) + quantity);
    }
    const expected = rows.stock
      .map(({ sku, name, onHand, price }) => {
        const sold = pace.get(sku) ?? 0;
        const daysLeft = sold === 0 ? null : Math.floor((onHand * 30) / sold);
        return { sku, name, onHand, soldIn30Days: sold, daysLeft, value: eur(onHand * price) };
      })
      .sort((a, b) => {
        const left = (row: typeof a) => (row.soldIn30Days === 0 ? Infinity : row.onHand / row.soldIn30Days);
        const [of, than] = [left(a), left(b)];
        return of === than ? (a.sku < b.sku ? -1 : 1) : of - than;
      });
    const pages = [];
    for (let page = 1; page <= 7; page++) {
      pages.push(StockReport.parse(await report(`stock?perPage=48&page=${page}`)));
    }
    expect(pages.flatMap(({ items }) => items)).toEqual(expected);
    expect(pages[0]).toMatchObject({
      asOf: new Date(nowMs).toISOString(),
      total: 300,
      summary: {
        skus: 300,
        soldOut: rows.stock.filter(({ onHand }) => onHand === 0).length,
        pieces: sum(rows.stock.map(({ onHand }) => onHand)),
        value: eur(sum(rows.stock.map(({ onHand, price }) => onHand * price))),
      },
    });
    expect(pace.size).toBeGreaterThan(0);
  });
});

describe("who and what is refused", () => {
  const paths = [
    "sales?from=2026-01-01&to=2026-01-31",
    "best-sellers?from=2026-01-01&to=2026-01-31",
    "stock",
  ];

  test.each(paths)("%s is for admins only", async (path) => {
    const address = `/api/admin/reports/${path}`;
    const answers = [await shop.ask(address), await shop.ask(address, { cookie: await newBuyer(shop) })];
    expect(await Promise.all(answers.map(async (each) => [each.status, await codeOf(each)]))).toEqual([
      [401, "BYN-SHOP-005"],
      [403, "BYN-SHOP-007"],
    ]);
  });

  test.each([
    "sales",
    "sales?from=2026-01-01",
    "sales?from=2026-01-02&to=2026-01-01",
    "sales?from=2015-01-01&to=2026-01-01",
    "sales?from=2026-02-30&to=2026-03-01",
    "sales?from=0000-01-01&to=0000-01-02",
    "sales?from=2026-01-01&to=2026-01-02&limit=3",
    "best-sellers?from=2026-01-01&to=2026-01-02&limit=0",
    "best-sellers?from=2026-01-01&to=2026-01-02&limit=101",
    "stock?page=0",
    "stock?perPage=49",
  ])("%s is BYN-SHOP-002", async (path) => {
    const answer = await shop.ask(`/api/admin/reports/${path}`, { cookie: shop.admin });
    expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
  });

  test("the first and the last day that a calendar has are answered", async () => {
    for (const day of ["0001-01-01", "9999-12-31"]) {
      expect(SalesReport.parse(await report(`sales?from=${day}&to=${day}`)).total.orders).toBe(0);
    }
  });
});

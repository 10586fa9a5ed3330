import type { CartLine } from "@banyan/contracts/http/cart.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { cookieFrom, type Shop } from "../shop.fixture.ts";

export const HOME = {
  name: "Ada Lovelace",
  street: "12 Mill Lane",
  postcode: "10115",
  city: "Berlin",
  country: "DE",
};

/** The cards that the processor knows by number; each is good until the end of 2098. */
export const CARDS = {
  good: cardOf("4242424242424242"),
  declined: cardOf("4000000000000002"),
  poor: cardOf("4000000000009995"),
  /** Charged, but the answer never comes. */
  silent: cardOf("4000000000000341"),
};

function cardOf(number: string) {
  return { number, expiry: "12/98", cvc: "123" };
}

let buyers = 0;

/** The cookie of a customer who has just signed up. */
export async function newBuyer(shop: Shop, cookie?: string): Promise<string> {
  const answer = await shop.ask("/api/customers", {
    method: "POST",
    body: { email: `buyer${++buyers}@mail.example`, name: "Ada Lovelace", password: "long enough" },
    ...(cookie === undefined ? {} : { cookie }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return cookieFrom(answer);
}

/** Ids of products that are for sale, in the order of their ids, with this many of each in stock. */
export async function productsInStock(shop: Shop, count: number, onHand: number): Promise<string[]> {
  const { rows } = await shop.pool.query<{ id: string }>(
    "SELECT id FROM product WHERE available ORDER BY id LIMIT $1",
    [count],
  );
  for (const { id } of rows) await setStock(shop, id, onHand);
  return rows.map(({ id }) => id);
}

export async function setStock(shop: Shop, sku: string, onHand: number): Promise<void> {
  const answer = await shop.ask(`/api/admin/inventory/${sku}`, {
    method: "PUT",
    cookie: shop.admin,
    body: { onHand },
  });
  if (answer.status !== 200) throw new Error(await answer.text());
}

export async function stockOf(shop: Shop, sku: string): Promise<number> {
  const answer = await shop.ask(`/api/inventory/${sku}`);
  return ((await answer.json()) as { available: number }).available;
}

export async function putIntoCart(shop: Shop, cookie: string, sku: string, quantity = 1): Promise<Response> {
  return shop.ask(`/api/cart/lines/${sku}`, { method: "PUT", cookie, body: { quantity } });
}

export async function cartLines(shop: Shop, cookie: string): Promise<[sku: string, quantity: number][]> {
  const { lines } = (await (await shop.ask("/api/cart", { cookie })).json()) as { lines: CartLine[] };
  return lines.map(({ product, quantity }) => [product.id, quantity]);
}

export function checkOut(shop: Shop, cookie: string, more: object = {}): Promise<Response> {
  return shop.ask("/api/orders", {
    method: "POST",
    cookie,
    body: { shipTo: HOME, card: CARDS.good, ...more },
  });
}

/** An order of one piece of `sku`. */
export async function order(shop: Shop, cookie: string, sku: string, quantity = 1): Promise<Order> {
  await putIntoCart(shop, cookie, sku, quantity);
  const answer = await checkOut(shop, cookie);
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as Order;
}

/** What stands in the card processor's books, by status. */
export async function charges(shop: Shop): Promise<Record<string, number>> {
  const { rows } = await shop.cards.pool.query<{ status: string; count: number }>(
    "SELECT status, count(*)::int FROM charge GROUP BY status",
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

export async function orderCount(shop: Shop): Promise<number> {
  const { rows } = await shop.pool.query<{ count: number }>("SELECT count(*)::int FROM shop_order");
  return rows[0]?.count ?? -1;
}

/** How many statements of the shop wait for somebody else's lock. */
export async function lockWaits(shop: Shop): Promise<number> {
  const { rows } = await shop.pool.query<{ count: number }>(
    "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows[0]?.count ?? -1;
}

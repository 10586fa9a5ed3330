import { randomUUID } from "node:crypto";
import { IDEMPOTENCY_KEY } from "@banyan/contracts/http/idempotency.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { CARDS, HOME } from "@banyan/orders/orders.fixture.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import type { WholeShop } from "./whole-shop.ts";

/** A customer who is signed in. */
export interface Person {
  readonly id: string;
  /** Of orders. */
  readonly slot: number;
  readonly cookie: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly key?: string | undefined;
}

export interface CheckoutOptions {
  readonly key?: string;
  readonly card?: (typeof CARDS)["good"];
  /** Where it goes: another one makes another request. */
  readonly street?: string;
}

/** Somebody new, in the slot that the test wants, else in one that nobody was given in this shop. */
export async function newPerson(
  { orders, sessions, takenSlots }: WholeShop,
  { slot, role = "customer" }: { readonly slot?: number; readonly role?: "customer" | "admin" } = {},
): Promise<Person> {
  const fits = (id: string) => (slot === undefined ? !takenSlots.has(orderSlot(id)) : orderSlot(id) === slot);
  let id = randomUUID();
  while (!fits(id)) id = randomUUID();
  takenSlots.add(orderSlot(id));
  const customer = { id, email: `${id}@mail.example`, name: "Zoë", role };
  await orders.monolith.pool.query(
    `INSERT INTO customer (id, email, name, password_hash, role, created_at)
     VALUES ($1, $2, $3, 'none', $4, now())`,
    [id, customer.email, customer.name, role],
  );
  return { id, slot: orderSlot(id), cookie: `session=${await sessions.issue(customer)}` };
}

/** One request as a browser sends it. Rejects when the connection breaks. */
export async function ask(origin: string, path: string, { cookie }: Person, asking: Asking = {}) {
  const { method = "GET", body, key } = asking;
  const answer = await fetch(origin + path, {
    method,
    headers: {
      cookie,
      ...(method === "GET" ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { [IDEMPOTENCY_KEY]: key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const { status, headers } = answer;
  return { status, headers, json: text === "" ? undefined : JSON.parse(text) } satisfies Answer;
}

export const codeOf = ({ json }: Answer): unknown => (json as { code?: unknown } | undefined)?.code;

/** SKUs that are for sale, each in a slot of its own. */
export async function freeSkus(shop: WholeShop): Promise<string[]> {
  const { rows } = await shop.stock.monolith.pool.query<{ id: string }>(
    "SELECT id FROM product WHERE available ORDER BY id",
  );
  return [...new Map(rows.map(({ id }) => [stockSlot(id), id])).values()];
}

/** Counts the shelf anew, as an administrator does. */
export async function setStock(origin: string, admin: Person, sku: string, onHand: number): Promise<void> {
  const answer = await ask(origin, `/api/admin/inventory/${sku}`, admin, { method: "PUT", body: { onHand } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
}

/** Pieces on the shelf as a side's tables have it. */
export async function onHandAt({ stock }: WholeShop, side: "monolith" | "extracted", sku: string) {
  const { rows } = await stock[side].pool.query<{ on_hand: number }>(
    "SELECT on_hand FROM stock WHERE sku = $1",
    [sku],
  );
  return rows[0]?.on_hand;
}

export const slotOfSku = stockSlot;

export async function putInCart(origin: string, person: Person, sku: string, quantity = 1): Promise<void> {
  const answer = await ask(origin, `/api/cart/lines/${sku}`, person, { method: "PUT", body: { quantity } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
}

/** Orders what is in the cart: one request. */
export function checkOut(origin: string, person: Person, options: CheckoutOptions = {}): Promise<Answer> {
  const { key, card = CARDS.good, street = HOME.street } = options;
  const body = { shipTo: { ...HOME, street }, card };
  return ask(origin, "/api/orders", person, { method: "POST", body, key });
}

/**
 * The order that an answer is about, once it has ended: of a 202 where its `Location` says (design §5.13). Other answers
 * are thrown.
 */
export async function orderOf(origin: string, person: Person, answer: Answer): Promise<Order> {
  if (answer.status === 201) return Order.parse(answer.json);
  if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.json)}`);
  return ended(origin, person, answer.headers.get("location") ?? "");
}

const HANG_MS = 30_000;

/** Looks at an order until it is neither being paid nor paid back. */
export async function ended(origin: string, person: Person, location: string): Promise<Order> {
  for (const untilMs = Date.now() + HANG_MS; Date.now() < untilMs; ) {
    const answer = await ask(origin, location, person);
    if (answer.status === 200) {
      const order = Order.parse(answer.json);
      if (order.status !== "pending" && order.status !== "cancelling") return order;
    } else if (answer.status !== 503) throw new Error(`${answer.status} ${JSON.stringify(answer.json)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${location} did not end`);
}

/**
 * The same request under its key, by one proxy and the other, until it is answered for good: what a client does that keeps
 * to `Retry-After`. Every answer on the way is noted in `seen`.
 */
export async function checkOutUntilAnswered(
  { proxies }: Pick<WholeShop, "proxies">,
  person: Person,
  key: string,
  seen: Answer[] = [],
): Promise<Answer> {
  const untilMs = Date.now() + HANG_MS;
  for (let n = 0; Date.now() < untilMs; n++) {
    const origin = proxies[n % proxies.length] ?? proxies[0];
    const answer = await checkOut(origin, person, { key });
    seen.push(answer);
    if (answer.status !== 202 && answer.headers.get("retry-after") === null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer for ${key}: ${seen.map((one) => `${one.status} ${codeOf(one)}`)}`);
}

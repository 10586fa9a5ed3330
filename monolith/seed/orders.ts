import type { Address, Order } from "@banyan/contracts/http/orders.ts";
import { uuidV7 } from "../adapters/identifier.ts";
import { DAY_MS, HOUR_MS, IN_BUSINESS_MS, LAST_DRAWN_DAY, OPENED_MS } from "./calendar.ts";
import type { SeedProduct } from "./catalog.ts";
import type { SeedCustomer } from "./customers.ts";
import { CITIES, STREETS } from "./places.ts";
import { type Random, randomFrom } from "./random.ts";

export interface SeedOrderLine {
  readonly sku: string;
  readonly name: string;
  readonly unitAmount: number;
  readonly quantity: number;
}

export interface SeedOrder {
  readonly id: string;
  readonly number: number;
  readonly customerId: string;
  readonly status: Order["status"];
  readonly placedAt: Date;
  readonly cancelledAt: Date | null;
  readonly shipTo: Address;
  readonly totalAmount: number;
  readonly lines: readonly SeedOrderLine[];
  readonly paymentId: string;
  readonly cardLast4: string;
}

/** One order in so many was cancelled, within a day or two. */
const CANCELLED_RATIO = 0.06;
/** Below 1: the shop takes more orders each year (the time of an order is this power of an even draw). */
const GROWTH = 0.6;
/** Prices of ten years ago, as a share of today's. */
const FIRST_PRICE_RATIO = 0.8;
const MAX_LINES = 8;
const ANOTHER_LINE_RATIO = 0.5;
const MORE_THAN_ONE_RATIO = 0.25;
const END_MS = OPENED_MS + IN_BUSINESS_MS;

/**
 * `count` orders since the shop opened, oldest first; the same for the same numbers. Each line is drawn by popularity
 * from the products that the shop had on that day. Without a customer nobody ordered. Another `lastDay` (YYYY-MM-DD, UTC)
 * moves all of them by whole days, with the time in their ids, and changes nothing else.
 */
export function seedOrders(
  seed: number,
  count: number,
  known: { readonly products: readonly SeedProduct[]; readonly customers: readonly SeedCustomer[] },
  lastDay: string,
): SeedOrder[] {
  const movedMs = Date.parse(lastDay) - Date.parse(LAST_DRAWN_DAY);
  const random = randomFrom(seed ^ 0x0fde);
  const buyers = known.customers
    .filter(({ role }) => role === "customer")
    .map((customer) => ({
      customer,
      address: addressOf(random, customer.name),
      cardLast4: digits(random, "9999"),
    }));
  const shelf = shelfOf(known.products);
  const firstMs = Math.max(OPENED_MS, shelf.firstMs, buyers[0]?.customer.createdAt.getTime() ?? 0) + HOUR_MS;
  const times = Array.from(
    { length: buyers.length === 0 ? 0 : count },
    () => firstMs + Math.floor(random.next() ** GROWTH * (END_MS - firstMs)),
  ).sort((a, b) => a - b);
  return times.map((placedMs, index) => {
    // Customers are in the order of their sign-up, a new one each hour of the first weeks.
    const signedUp = countUntil(
      buyers.length,
      (n) => (buyers[n]?.customer.createdAt.getTime() ?? 0) <= placedMs,
    );
    const buyer = buyers[random.between(0, Math.max(0, signedUp - 1))];
    if (buyer === undefined) throw new RangeError("nobody to order");
    const { customer, address, cardLast4 } = buyer;
    const lines = linesOf(random, shelf, placedMs);
    const cancelled = random.next() < CANCELLED_RATIO;
    // Before the end: what comes after it has not happened yet.
    const cancelledMs = Math.min(END_MS - 1, placedMs + random.between(HOUR_MS, 2 * DAY_MS));
    const placedAt = new Date(placedMs + movedMs);
    return {
      id: uuidV7(placedAt.getTime(), random.bytes(10)),
      number: index + 1,
      customerId: customer.id,
      status: cancelled ? "cancelled" : "placed",
      placedAt,
      cancelledAt: cancelled ? new Date(cancelledMs + movedMs) : null,
      shipTo: address,
      totalAmount: lines.reduce((sum, { unitAmount, quantity }) => sum + unitAmount * quantity, 0),
      lines,
      paymentId: uuidV7(placedAt.getTime(), random.bytes(10)),
      cardLast4,
    };
  });
}

interface Shelf {
  readonly products: readonly SeedProduct[];
  /** Popularity of the products up to and with this one. */
  readonly sums: readonly number[];
  readonly firstMs: number;
}

/** Products stand in the order of their creation, so what the shop had on a day is a beginning of the list. */
function shelfOf(products: readonly SeedProduct[]): Shelf {
  let sum = 0;
  const sums = products.map(({ popularity }) => {
    sum += popularity;
    return sum;
  });
  return { products, sums, firstMs: products[0]?.createdAt.getTime() ?? 0 };
}

function linesOf(random: Random, { products, sums }: Shelf, atMs: number): SeedOrderLine[] {
  const had = countUntil(products.length, (n) => (products[n]?.createdAt.getTime() ?? 0) <= atMs);
  const bound = sums[had - 1] ?? 0;
  const chosen = new Set<SeedProduct>();
  let more = true;
  while (more && chosen.size < Math.min(MAX_LINES, had)) {
    const drawn = random.next() * bound;
    const product = products[countUntil(had - 1, (n) => (sums[n] ?? 0) <= drawn)];
    if (product !== undefined) chosen.add(product);
    more = random.next() < ANOTHER_LINE_RATIO;
  }
  const age = Math.min(1, (atMs - OPENED_MS) / IN_BUSINESS_MS);
  const ratio = FIRST_PRICE_RATIO + (1 - FIRST_PRICE_RATIO) * age;
  return [...chosen].map(({ id, name, priceAmount }) => ({
    sku: id,
    name,
    unitAmount: Math.max(5, Math.round((priceAmount * ratio) / 5) * 5),
    quantity: random.next() < MORE_THAN_ONE_RATIO ? random.between(2, 4) : 1,
  }));
}

/** How many of 0 … length−1 fulfil `holds`, which is true up to some place and false from there on. */
function countUntil(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addressOf(random: Random, name: string): Address {
  const [city, country, postcode] = random.pick(CITIES);
  return {
    name,
    street: `${random.pick(STREETS)} ${random.between(1, 140)}`,
    postcode: digits(random, postcode),
    city,
    country,
  };
}

/** Each 9 of the pattern becomes some digit. */
function digits(random: Random, pattern: string): string {
  return pattern.replaceAll("9", () => String(random.between(0, 9)));
}

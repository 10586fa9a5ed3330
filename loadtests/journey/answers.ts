/*
 * Whether an answer of the shop says what was asked for, by its fields. Used by k6 and by Node: nothing is imported,
 * and no schema, because a virtual user has some tenths of a millisecond for it.
 */

/** A JSON value's member, or undefined where there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function items(value: unknown): readonly unknown[] | undefined {
  const found = member(value, "items");
  return Array.isArray(found) ? found : undefined;
}

/** All categories: a list that is not empty, each with its slug. */
export function isCategories(value: unknown): boolean {
  const all = items(value);
  return all !== undefined && all.length > 0 && all.every((one) => typeof member(one, "slug") === "string");
}

export function isCategory(value: unknown, slug: string): boolean {
  return member(value, "slug") === slug && Array.isArray(member(value, "breadcrumb"));
}

/** A page of products: its own number, not more than fits, each with id and price. */
export function isProductPage(value: unknown, page: number): boolean {
  const all = items(value);
  const perPage = member(value, "perPage");
  if (all === undefined || typeof perPage !== "number" || all.length > perPage) return false;
  if (member(value, "page") !== page || typeof member(value, "total") !== "number") return false;
  return all.every((one) => typeof member(one, "id") === "string" && isMoney(member(one, "price")));
}

export function isProduct(value: unknown, id: string): boolean {
  return (
    member(value, "id") === id && isMoney(member(value, "price")) && Array.isArray(member(value, "related"))
  );
}

export function isAvailability(value: unknown, sku: string): boolean {
  const available = member(value, "available");
  return member(value, "sku") === sku && typeof available === "number" && available >= 0;
}

/** A cart whose total is the sum of its lines. */
export function isCart(value: unknown): boolean {
  const lines = member(value, "lines");
  if (!Array.isArray(lines)) return false;
  const sum = lines.reduce<number>((total, line) => total + amountOf(member(line, "lineTotal")), 0);
  return amountOf(member(value, "total")) === sum;
}

export function isCartWith(value: unknown, id: string, quantity: number): boolean {
  const lines = member(value, "lines");
  if (!isCart(value) || !Array.isArray(lines)) return false;
  return lines.some(
    (line) => member(member(line, "product"), "id") === id && member(line, "quantity") === quantity,
  );
}

export function isCustomer(value: unknown): boolean {
  return typeof member(value, "id") === "string" && member(value, "role") === "customer";
}

/** An order that was placed, for the total that the cart showed. */
export function isPlacedOrder(value: unknown, total: unknown): boolean {
  const lines = member(value, "lines");
  return (
    isOrder(value) &&
    member(value, "status") === "placed" &&
    Array.isArray(lines) &&
    lines.length > 0 &&
    amountOf(member(value, "total")) === amountOf(total)
  );
}

export function isCancelledOrder(value: unknown, id: string): boolean {
  return isOrder(value) && member(value, "id") === id && member(value, "status") === "cancelled";
}

export function isOrderPage(value: unknown): boolean {
  const all = items(value);
  return all !== undefined && member(value, "page") === 1 && all.every(isOrder);
}

function isOrder(value: unknown): boolean {
  const number = member(value, "number");
  return typeof number === "string" && number.startsWith("FL-") && isMoney(member(value, "total"));
}

function isMoney(value: unknown): boolean {
  return Number.isInteger(member(value, "amount")) && typeof member(value, "currency") === "string";
}

function amountOf(value: unknown): number {
  const amount = member(value, "amount");
  return typeof amount === "number" ? amount : Number.NaN;
}

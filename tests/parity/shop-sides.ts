import type { IncomingHttpHeaders } from "node:http";
import { openShop } from "@banyan/monolith/shop.fixture.ts";
import { ask, type SideRequest } from "./ask.ts";

/** A side that carts, inventory and orders can be asked for by HTTP, and by nothing else. */
export interface ShopSide {
  readonly origin: string;
  /** Where stock is asked for, when that is another process. */
  readonly stock?: string;
  /** The cookie of an administrator. */
  readonly admin: string;
  stop(): Promise<void>;
}

/** Each suite of carts, inventory and orders runs over each of these: the contract is the same for all. */
export const SHOP_SIDES: readonly {
  readonly name: string;
  open(adminUrl: string): Promise<ShopSide>;
}[] = [
  {
    name: "monolith",
    open: async (adminUrl) => {
      const shop = await openShop(adminUrl, { cardDeadlineMs: 500 });
      return { origin: shop.url, admin: shop.admin, stop: () => shop.stop() };
    },
  },
];

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined for an empty one. */
  readonly json: unknown;
}

interface Sending {
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request with a JSON body and a cookie, where they are given. */
export async function send(
  side: ShopSide,
  method: NonNullable<SideRequest["method"]>,
  path: string,
  { cookie, body, headers }: Sending = {},
): Promise<JsonAnswer> {
  const origin = /^(\/api(\/admin)?|\/internal)\/inventory\b/.test(path) ? side.stock : undefined;
  const answer = await ask(origin ?? side.origin, {
    method,
    path,
    headers: {
      // Said also without a body: a change that says nothing of where it comes from is refused.
      ...(method === "GET" ? {} : { "content-type": "application/json" }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = answer.body.toString("utf8");
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: text === "" ? undefined : JSON.parse(text),
  };
}

/** What a refusal has to be: its status and code, as a problem document that tells nothing of the inside. */
export function refusal({ status, headers, text, json }: JsonAnswer): unknown[] {
  const leaks = /node_modules|\bat \/|stack/.test(text) ? ["leaks"] : [];
  const type = headers["content-type"] === "application/problem+json; charset=utf-8" ? [] : ["type"];
  return [status, (json as { code?: unknown } | undefined)?.code, ...type, ...leaks];
}

let customers = 0;

/** The cookie of a customer who has just signed up. */
export async function customer(side: ShopSide): Promise<string> {
  const body = { email: `parity${++customers}@mail.example`, name: "Parity", password: "long enough" };
  return cookieOf(await send(side, "POST", "/api/customers", { body }), "session");
}

/** `name=…` as a browser would send it back, or nothing when it was not set. */
export function cookieOf({ headers }: JsonAnswer, name: string): string {
  const set = headers["set-cookie"]?.find((cookie) => cookie.startsWith(`${name}=`));
  return set?.split(";")[0] ?? "";
}

/** Some products that are for sale, with this many of each in stock. */
export async function forSale(side: ShopSide, count: number, onHand: number): Promise<string[]> {
  const { json } = await send(side, "GET", "/api/products?perPage=48");
  const { items } = json as { items: { id: string; available: boolean }[] };
  const ids = items.flatMap(({ id, available }) => (available ? [id] : [])).slice(0, count);
  for (const id of ids) {
    const set = await send(side, "PUT", `/api/admin/inventory/${id}`, {
      cookie: side.admin,
      body: { onHand },
    });
    if (set.status !== 200) throw new Error(set.text);
  }
  return ids;
}

/** Keys in the order in which they are sent, with those of the first item of a list. */
export function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [keysOf(value[0])];
  if (typeof value !== "object" || value === null) return null;
  return Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]);
}

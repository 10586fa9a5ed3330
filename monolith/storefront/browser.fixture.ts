import type { Shop } from "../shop.fixture.ts";

/* What the tests of the pages need: a browser without JavaScript, and what people do with it. */

export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface TestBrowser {
  readonly shop: Shop;
  readonly cookies: Map<string, string>;
  /** Follows a link, or sends a form; no redirect by itself. */
  go(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Shown>;
}

/** It keeps cookies, as browsers do. */
export function browserOf(shop: Shop): TestBrowser {
  const cookies = new Map<string, string>();
  return {
    shop,
    cookies,
    go: async (path, form, headers = {}) => {
      const answer = await fetch(shop.url + path, {
        redirect: "manual",
        method: form === undefined ? "GET" : "POST",
        headers: {
          accept: "text/html",
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(form === undefined ? {} : { origin: shop.url }),
          ...headers,
        },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    },
  };
}

export function headingOf({ text }: Shown): string | undefined {
  return /<h1>([^<]*)<\/h1>/.exec(text)?.[1];
}

/** Where a redirect leads. */
export function placeOf({ headers }: Shown): string {
  return headers.get("location") ?? "";
}

let people = 0;

export function signUp({ go }: TestBrowser, next = "/"): Promise<Shown> {
  const email = `reader${++people}@mail.example`;
  return go("/sign-up", { name: "Ada O'Neil", email, password: "banyan-demo-shop", next });
}

/** A popular product of which there is enough; its name is none of those that tests make up. */
export async function someProduct(shop: Shop): Promise<{ id: string; name: string }> {
  const { rows } = await shop.pool.query<{ id: string; name: string }>(
    `SELECT product.id, name FROM product JOIN stock ON sku = product.id
     WHERE available AND popularity < 1000000 AND on_hand > 20 ORDER BY popularity DESC LIMIT 1`,
  );
  return rows[0] ?? { id: "", name: "" };
}

/** Puts two of `someProduct` into the cart. */
export async function fillCart({ shop, go }: TestBrowser): Promise<void> {
  const { id } = await someProduct(shop);
  await go("/cart/lines", { product: id, quantity: "2", add: "1" });
}

export const ADDRESS = {
  "shipTo.name": "Ada O'Neil",
  "shipTo.street": "14 Fig Lane",
  "shipTo.postcode": "D08",
  "shipTo.city": "Dublin",
  "shipTo.country": "IE",
};
export const CARD = { "card.number": "4242 4242 4242 4242", "card.expiry": "12/30", "card.cvc": "123" };

/** The checkout's form as the page gives it, filled in. */
export async function filledIn(
  { go }: TestBrowser,
  change: Record<string, string> = {},
): Promise<Record<string, string>> {
  const { text } = await go("/checkout");
  const hidden = [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
    ...ADDRESS,
    ...CARD,
    ...change,
  };
}

/** Signs up, buys something, and answers the path of the order's page. */
export async function order(visitor: TestBrowser): Promise<string> {
  await signUp(visitor);
  await fillCart(visitor);
  const placed = await visitor.go("/checkout", await filledIn(visitor));
  return placeOf(placed).replace("?placed=1", "");
}

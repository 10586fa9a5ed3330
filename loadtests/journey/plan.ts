import { mix32, unit } from "../corpus/random.ts";

/*
 * What one customer does in the shop, decided before anything is asked: the same seed, number and world give the same
 * journey on every machine, in Node and in k6.
 */

/** What the shop sells, as learned from its own answers. Ids and words stand in order of popularity. */
export interface World {
  readonly products: readonly string[];
  /** Products that are for sale and in stock: what goes into carts. */
  readonly wares: readonly string[];
  readonly categories: readonly { readonly slug: string; readonly pages: number }[];
  readonly words: readonly string[];
}

/** One look at the shop: the requests of one page, then time to think. */
export type View =
  | { readonly kind: "home" }
  | { readonly kind: "category"; readonly slug: string; readonly page: number }
  | { readonly kind: "search"; readonly q: string }
  | { readonly kind: "product"; readonly id: string }
  | { readonly kind: "put"; readonly id: string; readonly quantity: number }
  | { readonly kind: "cart" }
  | { readonly kind: "account" }
  | { readonly kind: "orders" }
  | { readonly kind: "checkout" }
  | { readonly kind: "cancel" };

export interface Journey {
  /** Carries a customer's session; a visitor's journey must not. */
  readonly signedIn: boolean;
  readonly views: readonly View[];
}

/** How many requests a view makes: its page asks for so much at once. */
export const REQUESTS: Readonly<Record<View["kind"], number>> = {
  home: 2,
  category: 2,
  search: 1,
  product: 2,
  put: 1,
  cart: 1,
  account: 1,
  orders: 1,
  checkout: 1,
  cancel: 1,
};

/** Of all journeys; the rest only looks around. Carts that are filled and left are the rule, checkouts are rare. */
const SHARES = { leavesCart: 0.2, buys: 0.04, looksAtOrders: 0.08 } as const;
/** Of those who bought. */
const CANCELS = 0.1;
const MOST_LOOKS = 6;

/** The journey of number `i`. */
export function journeyOf(seed: number, i: number, world: World): Journey {
  const own = mix32(seed ^ JOURNEY_SALT, i);
  let n = 0;
  const random = () => unit(own, n++);
  const draws = drawsOf(world, random);
  const intent = random();
  const views: View[] = random() < 0.6 ? [{ kind: "home" }] : [draws.search()];
  const looks = 1 + Math.floor(random() * MOST_LOOKS);
  for (let look = 0; look < looks; look++) views.push(draws.look());
  if (intent < SHARES.buys) {
    views.push({ kind: "account" }, ...draws.fillCart(), { kind: "cart" }, { kind: "checkout" });
    if (random() < CANCELS) views.push({ kind: "cancel" });
    views.push({ kind: "orders" });
    return { signedIn: true, views };
  }
  if (intent < SHARES.buys + SHARES.looksAtOrders) {
    return { signedIn: true, views: [...views, { kind: "account" }, { kind: "orders" }] };
  }
  if (intent < SHARES.buys + SHARES.looksAtOrders + SHARES.leavesCart) {
    views.push(...draws.fillCart(), { kind: "cart" });
  }
  return { signedIn: false, views };
}

const JOURNEY_SALT = 0x3c6ef372;
/** Enough that the mean no longer moves by a percent. */
const PLANNED_FOR_MEAN = 4_000;

/** Requests of a journey in the mean: what turns requests a second into journeys a second. */
export function meanRequests(seed: number, world: World): number {
  let sum = 0;
  for (let i = 0; i < PLANNED_FOR_MEAN; i++) {
    for (const { kind } of journeyOf(seed, i, world).views) sum += REQUESTS[kind];
  }
  return sum / PLANNED_FOR_MEAN;
}

interface Draws {
  look(): View;
  search(): View;
  fillCart(): View[];
}

function drawsOf({ products, wares, categories, words }: World, random: () => number): Draws {
  const from = <T>(ranked: readonly T[], what: string): T => {
    const found = ranked[rankOf(ranked.length, random())];
    if (found === undefined) throw new RangeError(`the world has no ${what}`);
    return found;
  };
  const product = (): View => ({ kind: "product", id: from(products, "product") });
  const search = (): View => {
    const q = random() < 0.7 ? from(words, "word") : `${from(words, "word")} ${from(words, "word")}`;
    return { kind: "search", q };
  };
  const category = (): View => {
    const { slug, pages } = from(categories, "category");
    return { kind: "category", slug, page: 1 + rankOf(Math.min(5, pages), random()) };
  };
  const fillCart = (): View[] => {
    const lines = 1 + Math.floor(random() * 3);
    return Array.from({ length: lines }, () => {
      const id = from(wares, "ware");
      const quantity = 1 + Math.floor(random() ** 3 * 3);
      return [
        { kind: "product", id },
        { kind: "put", id, quantity },
      ] satisfies View[];
    }).flat();
  };
  const look = (): View => {
    const what = random();
    return what < 0.4 ? category() : what < 0.55 ? search() : product();
  };
  return { look, search, fillCart };
}

/**
 * A rank in 0…count−1 with P(rank < r) = ln(1 + r) / ln(1 + count), which is Zipf's law to within a few percent and
 * needs no table: a virtual user of k6 has none to share.
 */
export function rankOf(count: number, u: number): number {
  return Math.min(count - 1, Math.floor((1 + count) ** u - 1));
}

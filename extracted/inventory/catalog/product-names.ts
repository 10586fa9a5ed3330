import { Product } from "@banyan/contracts/http/catalog.ts";
import { ask, read, type Service } from "@banyan/shop/clients/ask.ts";

/** What a warehouse must ask the catalog. */
export interface ProductNames {
  /** Undefined for a product that the catalog does not have. BYN-SHOP-032 when it does not answer. */
  nameOf(sku: string): Promise<string | undefined>;
  /** Of one page's SKUs. Those that the catalog does not have, or says nothing of in time, are left out. */
  namesOf(skus: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const UNKNOWN = 404;
/** Asked for at once of one page. */
const AT_ONCE = 8;
/** After it no more is asked for: a page without some names is better than none. */
const PAGE_MS = 1_500;

/** The catalog over HTTP, at whichever side the proxy finds it. `now` gives milliseconds. */
export function httpProductNames(service: Service, now: () => number): ProductNames {
  const nameOf = async (sku: string): Promise<string | undefined> => {
    const path = `/api/products/${encodeURIComponent(sku)}`;
    const answer = await ask(service, { method: "GET", path }, [UNKNOWN]);
    if (answer.status !== UNKNOWN) return (await read(service, answer, Product)).name;
    await answer.body?.cancel();
    return undefined;
  };
  return {
    nameOf,
    namesOf: async (skus) => {
      const names = new Map<string, string>();
      const left = [...skus];
      const untilMs = now() + PAGE_MS;
      let isAway = false;
      const askOn = async (): Promise<void> => {
        for (let sku = left.pop(); sku !== undefined && !isAway && now() < untilMs; sku = left.pop()) {
          try {
            const name = await nameOf(sku);
            if (name !== undefined) names.set(sku, name);
          } catch {
            // A catalog that is away is not asked 48 times.
            isAway = true;
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, askOn));
      return names;
    },
  };
}

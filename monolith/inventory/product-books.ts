import type { Log } from "@banyan/platform/logging/log.ts";
import { ask, type Service } from "@banyan/shop/clients/ask.ts";

/**
 * Opens and closes a SKU's books at whoever owns them, after the catalog's commit. A failure does not undo the product: it
 * is logged as BYN-SHOP-036, and writing down a count opens the books too. Never rejects.
 */
export interface ProductBooks {
  open(sku: string): Promise<void>;
  close(sku: string): Promise<void>;
}

/** Over HTTP (contracts/http/reservations.ts): the proxy finds the owner. */
export function httpProductBooks(service: Service, log: Log): ProductBooks {
  const change = async (method: "PUT" | "DELETE", sku: string, what: string): Promise<void> => {
    try {
      const path = `/internal/inventory/${encodeURIComponent(sku)}`;
      const answer = await ask(service, { method, path }, []);
      await answer.body?.cancel();
    } catch (error) {
      log.error({ code: "BYN-SHOP-036", err: error, sku }, `the books of a SKU were not ${what}`);
    }
  };
  return {
    open: (sku) => change("PUT", sku, "opened"),
    close: (sku) => change("DELETE", sku, "closed"),
  };
}

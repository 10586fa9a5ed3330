import { CustomerCart } from "@banyan/contracts/http/customer-carts.ts";
import type { Carts } from "../checkout/partners.ts";
import { ask, patient, read, type Service } from "./ask.ts";

const GONE = 404;

/** The customers' carts over HTTP. */
export function httpCarts(asked: Service): Carts {
  const service = patient(asked);
  const at = (customerId: string) => `/internal/customers/${encodeURIComponent(customerId)}/cart`;
  return {
    read: async (customerId) => {
      const answer = await ask(service, { method: "GET", path: at(customerId) }, [GONE]);
      if (answer.status !== GONE) return read(service, answer, CustomerCart);
      await answer.body?.cancel();
      return undefined;
    },
    ordered: async (customerId, orderId, lines) => {
      const path = `${at(customerId)}/ordered/${encodeURIComponent(orderId)}`;
      const answer = await ask(service, { method: "PUT", path, body: { lines } }, []);
      await answer.body?.cancel();
    },
  };
}

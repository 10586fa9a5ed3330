import type { Charge, ChargeRequest } from "@banyan/contracts/http/charges.ts";

/**
 * The company that moves the money. A charge has the id that we give it before it is asked for: asking again is never
 * a second charge. No answer, or none that can be read, is BYN-SHOP-017.
 */
export interface CardProcessor {
  /** `charged`, or `declined` with a reason. */
  charge(id: string, request: ChargeRequest): Promise<Charge>;
  /** What stands under an id; undefined when nothing came in yet. */
  find(id: string): Promise<Charge | undefined>;
  /** After it nothing stands under the id, and nothing that comes late will. */
  refund(id: string): Promise<Charge>;
}

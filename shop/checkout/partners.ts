import type { Charge, ChargeRequest } from "@banyan/contracts/http/charges.ts";
import type { CustomerCart, OrderedLines } from "@banyan/contracts/http/customer-carts.ts";
import type { ReserveRequest } from "@banyan/contracts/http/reservations.ts";

/*
 * Whom an order's saga asks. Every request carries an id of the order's, so asking again, by this process or by the
 * slot's next owner, is never a second time. Whoever gives no answer that can be read makes them throw: BYN-SHOP-017
 * (cards), BYN-SHOP-032 (the others).
 */

/** The company that moves the money. A charge has the id that we give it before it is asked for. */
export interface CardProcessor {
  /** `charged`, or `declined` with a reason. */
  charge(id: string, request: ChargeRequest): Promise<Charge>;
  /** What stands under an id; undefined when nothing came in yet. */
  find(id: string): Promise<Charge | undefined>;
  /** After it nothing stands under the id, and nothing that comes late will. */
  refund(id: string): Promise<Charge>;
}

export type Reserved =
  | { readonly kind: "held" }
  | { readonly kind: "short"; readonly left: number }
  /** It was released before: whoever finishes the order elsewhere has given up on it. */
  | { readonly kind: "undone" };

/** Stock, at whoever owns its SKU. */
export interface Inventory {
  reserve(sku: string, id: string, request: ReserveRequest): Promise<Reserved>;
  /** `gone`: it has expired, or was released. */
  confirm(sku: string, id: string): Promise<"confirmed" | "gone">;
  /**
   * Gives back what is held, and leaves a tombstone: a reserve under the id that comes late does nothing. What is
   * `confirmed` it leaves alone, and says so.
   */
  release(sku: string, id: string): Promise<"released" | "confirmed">;
  /** Puts back what a confirmed reservation took; `quantity` counts where none is known. Once. */
  giveBack(sku: string, id: string, quantity: number): Promise<void>;
}

/** The customers' carts, which stay with the monolith. */
export interface Carts {
  /** Undefined: there is no such customer (any more). */
  read(customerId: string): Promise<CustomerCart | undefined>;
  /** Takes what was ordered out of the cart, once for an order. */
  ordered(customerId: string, orderId: string, lines: OrderedLines["lines"]): Promise<void>;
}

export interface Partners {
  readonly cards: CardProcessor;
  readonly inventory: Inventory;
  readonly carts: Carts;
}

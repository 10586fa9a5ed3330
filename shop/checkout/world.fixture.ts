import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { Card, Charge } from "@banyan/contracts/http/charges.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import type { NewOrderRecord } from "../orders/order-rows.ts";
import type { CheckoutEnd, Closed, OrderStore } from "../orders/order-store.ts";
import type { SagaGround } from "./checkout.ts";
import type { Partners } from "./partners.ts";

/** Where a request to a partner breaks: before it had its effect, or after, so that only the answer is lost. */
export type Break = "before" | "after" | "none";

export const CARD: Card = { number: "4242424242424242", expiry: "12/29", cvc: "123" };

interface Held {
  quantity: number;
  state: "held" | "confirmed" | "released" | "returned";
}

/**
 * Everyone whom a saga asks, in memory, by the rules of their contracts; each request first takes the next of `breaks`.
 * The store knows one owner: `owned` is false while the slot is elsewhere.
 */
export class World {
  readonly charges = new Map<string, Charge>();
  readonly reservations = new Map<string, Held>();
  readonly orders = new Map<string, OrderRecord>();
  readonly ordered = new Set<string>();
  stock: number;
  declines = false;
  owned = true;
  nowMs = Date.UTC(2026, 10, 27);
  /** How often the processor moved money. */
  charged = 0;
  refunded = 0;
  #breaks: Break[];
  #next = 1;
  /** Before each request takes effect, and before its answer arrives. */
  readonly #pause: () => Promise<void>;

  constructor(stock: number, breaks: readonly Break[] = [], pause: () => Promise<void> = async () => {}) {
    this.stock = stock;
    this.#breaks = [...breaks];
    this.#pause = pause;
  }

  /** From here on everybody answers. */
  heal(): void {
    this.#breaks = [];
  }

  async #asked<T>(effect: () => T): Promise<T> {
    const how = this.#breaks.shift() ?? "none";
    await this.#pause();
    if (how === "before") throw new Error("it can't be reached");
    const answer = effect();
    await this.#pause();
    if (how === "after") throw new Error("its answer was lost");
    return answer;
  }

  get partners(): Partners {
    return {
      cards: {
        charge: (id) =>
          this.#asked(() => {
            const known = this.charges.get(id);
            if (known !== undefined) return known;
            const charge: Charge = { id, status: this.declines ? "declined" : "charged" };
            if (charge.status === "charged") this.charged++;
            this.charges.set(id, charge);
            return charge;
          }),
        find: (id) => this.#asked(() => this.charges.get(id)),
        refund: (id) =>
          this.#asked(() => {
            if (this.charges.get(id)?.status === "charged") this.refunded++;
            const charge: Charge = { id, status: "refunded" };
            this.charges.set(id, charge);
            return charge;
          }),
      },
      inventory: {
        reserve: (_sku, id, { quantity }) =>
          this.#asked(() => {
            const known = this.reservations.get(id);
            if (known !== undefined) {
              return { kind: known.state === "held" || known.state === "confirmed" ? "held" : "undone" };
            }
            if (this.stock < quantity) return { kind: "short", left: this.stock };
            this.stock -= quantity;
            this.reservations.set(id, { quantity, state: "held" });
            return { kind: "held" };
          }),
        confirm: (_sku, id) =>
          this.#asked(() => {
            const known = this.reservations.get(id);
            if (known?.state !== "held" && known?.state !== "confirmed") return "gone";
            known.state = "confirmed";
            return "confirmed";
          }),
        release: (_sku, id) =>
          this.#asked(() => {
            if (this.reservations.get(id)?.state === "confirmed") return "confirmed";
            this.#giveUp(id, 0, "released");
            return "released";
          }),
        giveBack: (_sku, id, quantity) => this.#asked(() => this.#giveUp(id, quantity, "returned")),
      },
      carts: {
        read: (customerId) =>
          this.#asked(() => {
            const isEmpty = this.ordered.size > 0;
            const price = { amount: 500, currency: "EUR" };
            const product = { id: "p-1", name: "Lamp", price, category: "light", available: true };
            const lines = isEmpty
              ? []
              : [{ product, quantity: 2, lineTotal: { amount: 1_000, currency: "EUR" } }];
            const total = { amount: isEmpty ? 0 : 1_000, currency: "EUR" };
            if (customerId === "nobody") return undefined;
            return { cart: { lines, total, items: isEmpty ? 0 : 2 }, version: 7 };
          }),
        ordered: (_customerId, orderId) =>
          this.#asked(() => {
            this.ordered.add(orderId);
          }),
      },
    };
  }

  #giveUp(id: string, quantity: number, to: "released" | "returned"): void {
    const known = this.reservations.get(id);
    if (known === undefined) {
      this.reservations.set(id, { quantity, state: to });
      this.stock += quantity;
    } else if (known.state === "held" || known.state === "confirmed") {
      this.stock += known.quantity;
      known.state = known.state === "held" ? "released" : "returned";
    }
  }

  get store(): OrderStore {
    const here = async (order: OrderRecord, next: OrderRecord): Promise<Closed> => {
      if (!this.owned) return { kind: "elsewhere" };
      const now = this.orders.get(order.id);
      if (now?.status === order.status) this.orders.set(order.id, next);
      return { kind: "closed", order: this.orders.get(order.id) ?? next };
    };
    return {
      find: async (id) => this.orders.get(id),
      answerOf: async () => undefined,
      timesOrdered: async () => 0,
      unfinished: async (limit, besides) =>
        [...this.orders.values()]
          .filter(({ status }) => status === "pending" || status === "cancelling")
          .filter(({ id }) => !besides.includes(id))
          .slice(0, limit),
      open: async (draft) => ({ kind: "opened", order: this.put(draft) }),
      close: (order, end) => here(order, endedAs(order, end)),
      beginCancel: async (order) => {
        const begun: OrderRecord = { ...order, status: "cancelling", cancelledAt: order.placedAt };
        this.orders.set(order.id, begun);
        return begun;
      },
      endCancel: (order) =>
        here(order, { ...order, status: "cancelled", payment: { ...order.payment, status: "refunded" } }),
    };
  }

  put(draft: NewOrderRecord): OrderRecord {
    const order = { ...draft, number: this.#next++ };
    this.orders.set(order.id, order);
    return order;
  }

  get ground(): SagaGround {
    let id = 0;
    return {
      store: this.store,
      partners: this.partners,
      log: createLog("saga", "silent"),
      now: () => this.nowMs,
      newId: () => `0193b3a0-0000-7000-8000-${String(++id).padStart(12, "0")}`,
      sleep: async (ms) => {
        this.nowMs += ms;
      },
    };
  }
}

function endedAs(order: OrderRecord, end: CheckoutEnd): OrderRecord {
  return end.placed
    ? { ...order, status: "placed", payment: { ...order.payment, status: "charged" } }
    : {
        ...order,
        status: "failed",
        failure: end.failure,
        payment: { ...order.payment, status: end.payment },
      };
}

/** A `pending` order of that many lines, one piece each. */
export function pendingOrder(lines: number): NewOrderRecord {
  return {
    id: "0193b3a0-0000-7000-8000-0000000000aa",
    customerId: "c-1",
    status: "pending",
    placedAt: "2026-11-27T00:00:00.000Z",
    cancelledAt: null,
    shipTo: { name: "Ada", street: "Road 1", postcode: "1000", city: "Town", country: "DE" },
    lines: Array.from({ length: lines }, (_, i) => ({
      line: i + 1,
      sku: `p-${i + 1}`,
      name: "Lamp",
      unitAmount: 500,
      quantity: 1,
    })),
    totalAmount: 500 * lines,
    currency: "EUR",
    payment: { id: "payment-0001", status: "pending", cardLast4: "4242" },
    cartVersion: 7,
    failure: null,
    request: null,
  };
}

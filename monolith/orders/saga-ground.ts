import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import { httpInventory } from "@banyan/shop/clients/http-inventory.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import type { Pool } from "pg";
import { customerCarts } from "../carts/customer-carts.ts";
import { orderRows } from "./order-rows.ts";

/** As long as the card processor may take: resuming counts on it (shop/checkout/resume.ts). */
const DEADLINE_MS = 5_000;

export interface SagaDeps {
  readonly pool: Pool;
  readonly cards: CardProcessor;
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  readonly serviceToken: string;
  /** Where stock is reserved, now: the proxy once there is one. */
  readonly shop: () => string;
}

/** The monolith's sagas: carts are its own, stock is asked for at its owner. */
export function sagaGround({ pool, cards, log, now, newId, serviceToken, shop }: SagaDeps): SagaGround {
  return {
    store: createOrderStore(pool, orderRows),
    partners: {
      cards,
      carts: customerCarts(pool, now),
      inventory: httpInventory({
        name: "the inventory",
        base: shop,
        token: serviceToken,
        deadlineMs: DEADLINE_MS,
      }),
    },
    log,
    now,
    newId,
    sleep: (ms) => sleep(ms),
  };
}

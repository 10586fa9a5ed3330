import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { CheckoutRequest } from "@banyan/contracts/http/orders.ts";
import type { StoredResponse, WriteKey } from "@banyan/platform/handover/write/keys.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { NewOrderRecord } from "../orders/order-rows.ts";
import type { OrderStore } from "../orders/order-store.ts";
import { driveCheckout } from "./drive-checkout.ts";
import { cartIsEmpty, orderable } from "./orderable.ts";
import type { Partners } from "./partners.ts";
import { acceptedResponse, checkoutResponse } from "./respond.ts";
import type { Timing } from "./timing.ts";

/** What the sagas of one side stand on. */
export interface SagaGround {
  readonly store: OrderStore;
  readonly partners: Partners;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUIDv7 in lower case. */
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface CheckoutAsked {
  readonly customerId: string;
  readonly request: CheckoutRequest;
  readonly key: WriteKey | undefined;
  readonly timing: Timing;
}

/** A request waits so long for an end that another process makes; then it answers 202, or 409 for a key in progress. */
const WAIT_MS = 8_000;
const LOOK_EVERY_MS = 50;

/**
 * Orders the customer's cart: the order, `pending`, is committed before anyone outside is asked, and its end after. No
 * transaction waits for a network. From the first commit on it never answers 421 (design §5.13): when the slot has moved
 * meanwhile, the new owner's worker finishes the order, and this waits for the copy to show it, else answers 202.
 * @throws MisdirectedError; BYN-DATA-021; BYN-SHOP-005, 012, 013, 014, 029, 031, 032: nothing was ordered
 */
export async function checkout(ground: SagaGround, asked: CheckoutAsked): Promise<StoredResponse> {
  const { store, partners, log, now } = ground;
  const { customerId, request, key, timing } = asked;
  const known = key === undefined ? undefined : await store.answerOf(customerId, key);
  if (known !== undefined) return known.response ?? awaited(ground, customerId, key);
  const before = await store.timesOrdered(customerId);
  const draft = await timing
    .time("cart", () => draftOf(ground, asked))
    .catch(async (error: unknown) => {
      // The same request may have emptied the cart since it was looked for.
      const answered = key === undefined ? undefined : await store.answerOf(customerId, key);
      if (answered === undefined) throw error;
      return answered.response ?? awaited(ground, customerId, key);
    });
  if ("body" in draft) return draft;
  const opened = await timing.time("open", () => store.open(draft, key, before));
  if (opened.kind === "replayed") return opened.response;
  if (opened.kind === "in-progress") return awaited(ground, customerId, key);
  const { order } = opened;
  try {
    const end = await driveCheckout(order, request.card, partners, { now, timing });
    const closed = await timing.time("commit", () => store.close(order, end, checkoutResponse));
    if (closed.kind === "closed") return checkoutResponse(closed.order);
    log.info({ orderId: order.id }, "its slot moved: the new owner finishes the checkout");
  } catch (error) {
    log.warn({ err: error, orderId: order.id }, "a checkout could not be finished here; it will be");
  }
  const ended = await endOf(ground, order);
  return ended === undefined ? acceptedResponse(order) : checkoutResponse(ended);
}

async function draftOf(
  { partners, now, newId }: SagaGround,
  { customerId, request, key }: CheckoutAsked,
): Promise<NewOrderRecord> {
  const found = await partners.carts.read(customerId);
  if (found === undefined) throw new BanyanError("BYN-SHOP-005", "the account is gone");
  if (found.cart.lines.length === 0) throw cartIsEmpty();
  const lines = orderable(found.cart, request.expect);
  return {
    id: newId(),
    customerId,
    status: "pending",
    placedAt: new Date(now()).toISOString(),
    cancelledAt: null,
    shipTo: request.shipTo,
    lines: lines.map(({ line, sku, name, unitPrice, quantity }) => ({
      line,
      sku,
      name,
      unitAmount: unitPrice.amount,
      quantity,
    })),
    totalAmount: found.cart.total.amount,
    currency: found.cart.total.currency,
    payment: { id: newId(), status: "pending", cardLast4: request.card.number.slice(-4) },
    cartVersion: found.version,
    failure: null,
    request: key ?? null,
  };
}

/** Waits for the end of a request that came before under the same key. BYN-SHOP-031 */
async function awaited(
  { store, sleep, now }: SagaGround,
  customerId: string,
  key: WriteKey | undefined,
): Promise<StoredResponse> {
  const untilMs = now() + WAIT_MS;
  while (key !== undefined && now() < untilMs) {
    await sleep(LOOK_EVERY_MS);
    const known = await store.answerOf(customerId, key);
    if (known?.response != null) return known.response;
  }
  throw new BanyanError("BYN-SHOP-031", "the first request with this key is still being worked on");
}

/** Waits for the order's end as this side's tables show it, whoever makes it. */
async function endOf(
  { store, sleep, now }: SagaGround,
  { id }: OrderRecord,
): Promise<OrderRecord | undefined> {
  const untilMs = now() + WAIT_MS;
  while (now() < untilMs) {
    const order = await store.find(id).catch(() => undefined);
    if (order !== undefined && order.status !== "pending") return order;
    await sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

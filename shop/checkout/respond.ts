import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CATALOGUE, type ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { PROBLEM_CONTENT_TYPE, problemOf } from "@banyan/contracts/errors/problem.ts";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { StoredResponse } from "@banyan/platform/handover/write/keys.ts";
import { orderView } from "../orders/view.ts";

/** What a checkout that has ended answers, the first time and under its key every time. */
export function checkoutResponse(order: OrderRecord): StoredResponse {
  const { failure } = order;
  if (failure === null) {
    return { status: 201, headers: { location: locationOf(order) }, body: orderView(order) };
  }
  const error = new BanyanError(codeOf(failure.code), failure.detail, { mistakes: failure.mistakes });
  return {
    status: error.entry.status,
    headers: { "content-type": PROBLEM_CONTENT_TYPE },
    body: problemOf(error),
  };
}

/** What it answers while nobody knows yet: look there. */
export function acceptedResponse(order: OrderRecord): StoredResponse {
  return {
    status: 202,
    headers: { location: locationOf(order), "retry-after": "1" },
    body: orderView(order),
  };
}

function locationOf({ id }: OrderRecord): string {
  return `/api/orders/${id}`;
}

/** Another version of the other side may know codes that this one doesn't. */
function codeOf(code: string): ErrorCode {
  return code in CATALOGUE ? (code as ErrorCode) : "BYN-SHOP-001";
}

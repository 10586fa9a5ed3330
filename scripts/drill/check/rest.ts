import { SIDES } from "@banyan/contracts/http/headers.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";

/** Sagas, keys and reservations end; processes don't, unless somebody ends them. */
export function checkRest(
  facts: Pick<Facts, "orders" | "reservations" | "openKeys" | "ended" | "hung">,
): Problem[] {
  const { orders, reservations, openKeys, ended, hung } = facts;
  return [
    ...SIDES.flatMap((side) => [
      ...orders[side]
        .filter(({ status }) => status === "pending" || status === "cancelling")
        .map(({ id, status }) => `${id}: ${status} for good, at the ${side} side`),
      ...reservations[side]
        .filter(({ state }) => state === "held")
        .map(({ id }) => `${id}: held for good, at the ${side} side`),
    ]),
    ...(openKeys === 0 ? [] : [`${openKeys} requests are in progress for good`]),
    ...ended.map((name) => `${name} ended by itself`),
    ...hung.map((what) => `waited in vain for ${what}`),
  ];
}

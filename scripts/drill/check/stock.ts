import { SIDES } from "@banyan/contracts/http/headers.ts";
import { reservationIdOf } from "@banyan/contracts/http/reservations.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";

/**
 * Pieces: what was on hand and what counts put there, less what is on hand, is what is held or confirmed; and what is confirmed
 * is what was placed.
 */
export function checkStock(
  facts: Pick<Facts, "orders" | "stockBefore" | "stock" | "reservations" | "written">,
): Problem[] {
  const { stockBefore, stock, reservations } = facts;
  const problems: Problem[] = [];
  const counted = putByCounts(facts);
  for (const side of SIDES) {
    const taken = new Map<string, number>();
    for (const { sku, quantity, state } of reservations[side]) {
      if (state === "held" || state === "confirmed") taken.set(sku, (taken.get(sku) ?? 0) + quantity);
    }
    for (const [sku, before] of stockBefore) {
      const now = stock[side].get(sku);
      if (now === undefined || now < 0)
        problems.push(`${sku}: the ${side} side has ${now ?? "no books of it"}`);
      else if (before + (counted.get(sku) ?? 0) - now !== (taken.get(sku) ?? 0)) {
        const put = counted.has(sku) ? `, ${counted.get(sku)} put there by counts` : "";
        problems.push(
          `${sku}: ${before} before, ${now} now at the ${side} side, ${taken.get(sku) ?? 0} taken${put}`,
        );
      }
    }
  }
  return [...problems, ...checkReservations(facts)];
}

/** By SKU: what each count wrote, less what the log had before it. A SKU is of one slot, so `seq` orders its rows. */
function putByCounts({ written, stockBefore }: Pick<Facts, "written" | "stockBefore">): Map<string, number> {
  const standing = new Map(stockBefore);
  const put = new Map<string, number>();
  for (const { stock } of written.toSorted((a, b) => a.seq - b.seq)) {
    for (const { sku, onHand, counted } of stock) {
      if (counted) put.set(sku, (put.get(sku) ?? 0) + onHand - (standing.get(sku) ?? 0));
      standing.set(sku, onHand);
    }
  }
  return put;
}

function checkReservations({ orders, reservations }: Pick<Facts, "orders" | "reservations">): Problem[] {
  const problems: Problem[] = [];
  const known = new Map(reservations.monolith.map((reservation) => [reservation.id, reservation]));
  const confirmed = new Set(
    reservations.monolith.flatMap(({ id, state }) => (state === "confirmed" ? [id] : [])),
  );
  for (const { id: orderId, status, lines } of orders.monolith) {
    for (const { line, quantity } of lines) {
      const id = reservationIdOf(orderId, line);
      const found = known.get(id);
      if (status === "placed" && (found?.state !== "confirmed" || found.quantity !== quantity))
        problems.push(`${id}: its order is placed, the reservation is ${found?.state ?? "not there"}`);
      if (status === "placed") confirmed.delete(id);
    }
  }
  return [...problems, ...[...confirmed].map((id) => `${id}: confirmed, and its order is not placed`)];
}

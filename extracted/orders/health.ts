import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { Router } from "express";
import type { Pool } from "pg";

/** How many slots this side owns, and the states of its copies of the others. */
export type SlotCounts = Readonly<Record<string, number>>;

/**
 * `/livez`: the process runs. `/readyz`: its database answers and has a row for every slot; else BYN-SHOP-004.
 *
 * In whatever state a copy is, this side knows what to answer: its owner's requests, and 421 for all others. So an empty
 * or a quarantined copy is told and is no reason to send the slots away that are owned here.
 */
export function healthRoutes(pool: Pool): Router {
  const router = Router();
  router.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  router.get("/readyz", async (_request, response) => {
    response.json({ status: "ready", database: "answers", slots: await slotCounts(pool) });
  });
  return router;
}

/** BYN-SHOP-004 when the database does not answer, or orders are not opened in it. */
export async function slotCounts(pool: Pool): Promise<SlotCounts> {
  const slots = await readSlots(pool, ORDERS).catch((cause: unknown) => {
    throw new BanyanError("BYN-SHOP-004", "the database does not answer", { cause });
  });
  if (slots.length !== ALL_SLOTS) {
    throw new BanyanError("BYN-SHOP-004", `the database has ${slots.length} of ${ALL_SLOTS} slots of orders`);
  }
  const counts: Record<string, number> = {};
  for (const { owner, state } of slots) {
    const what = owner ? "owned" : state;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import { Router } from "express";
import type { Pool } from "pg";
import { readSlots } from "./slot/slot-row.ts";

/** How many slots this side owns, and the states of its copies of the others. */
export type SlotCounts = Readonly<Record<string, number>>;

/**
 * A side's `/livez`: the process runs. `/readyz`: its database answers and has a row for every slot; else BYN-SHOP-004.
 *
 * In whatever state a copy is, this side knows what to answer: its owner's requests, and 421 for all others. So an empty
 * or a quarantined copy is told and is no reason to send the slots away that are owned here.
 */
export function slotHealth(pool: Pool, capability: string): Router {
  const router = Router();
  router.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  router.get("/readyz", async (_request, response) => {
    response.json({ status: "ready", database: "answers", slots: await slotCounts(pool, capability) });
  });
  return router;
}

/** BYN-SHOP-004 when the database does not answer, or the capability is not opened in it. */
export async function slotCounts(pool: Pool, capability: string): Promise<SlotCounts> {
  const slots = await readSlots(pool, capability).catch((cause: unknown) => {
    throw new BanyanError("BYN-SHOP-004", "the database does not answer", { cause });
  });
  if (slots.length !== ALL_SLOTS) {
    const words = `the database has ${slots.length} of ${ALL_SLOTS} slots of ${capability}`;
    throw new BanyanError("BYN-SHOP-004", words);
  }
  const counts: Record<string, number> = {};
  for (const { owner, state } of slots) {
    const what = owner ? "owned" : state;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

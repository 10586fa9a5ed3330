import { SIDES } from "@banyan/contracts/http/headers.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { areOne } from "../gate/caught-up.ts";
import { CAPABILITIES, type Sides } from "./sides.ts";

/** Are all sagas over, every slot owned, and every copy where its owner is? */
export async function isAtRest(sides: Sides): Promise<boolean> {
  return (await whatMoves(sides)) === "";
}

/** What still moves, in words; empty at rest. */
export async function whatMoves(sides: Sides): Promise<string> {
  const moving: string[] = [];
  for (const side of SIDES) {
    const { rows } = await sides.orders[side].pool.query<{ id: string }>(
      "SELECT id FROM shop_order WHERE status IN ('pending', 'cancelling')",
    );
    if (rows.length > 0) moving.push(`${rows.length} unfinished orders at the ${side} side`);
  }
  for (const capability of CAPABILITIES) {
    const { monolith, extracted } = sides[capability];
    const others = new Map((await readSlots(extracted.pool, capability)).map((row) => [row.slot, row]));
    const rows = await readSlots(monolith.pool, capability);
    const apart = rows.filter((row) => row.slot <= SLOTS && !areOne(row, others.get(row.slot)));
    if (apart.length > 0)
      moving.push(
        `${apart.length} slots of ${capability}, first ${JSON.stringify([apart[0], others.get(apart[0]?.slot ?? 0)])}`,
      );
  }
  return moving.join("; ");
}

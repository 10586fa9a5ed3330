import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { type BothSides, slotRowsIn, withBothSides } from "../capabilities/owned.ts";
import type { Addresses } from "../stack/addresses.ts";

export const CAPABILITIES = [ORDERS, INVENTORY] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Both databases of both capabilities. */
export type Sides = Readonly<Record<Capability, BothSides>>;

export function withSides<T>(addresses: Addresses, work: (sides: Sides) => Promise<T>): Promise<T> {
  return withBothSides(addresses, ORDERS, (orders) =>
    withBothSides(addresses, INVENTORY, (inventory) => work({ orders, inventory })),
  );
}

/** Does the extracted side own slots 1…percentage, and the monolith the others? */
export async function standsAt(
  sides: BothSides,
  capability: Capability,
  percentage: number,
): Promise<boolean> {
  const { monolith = [], extracted = [] } = await slotRowsIn(sides, capability);
  const owned = (rows: readonly SlotRow[]) =>
    new Set(rows.filter(({ owner }) => owner).map(({ slot }) => slot));
  const [above, below] = [owned(monolith), owned(extracted)];
  for (let slot = 1; slot <= SLOTS; slot++) {
    if (!(slot <= percentage ? below : above).has(slot)) return false;
  }
  return true;
}

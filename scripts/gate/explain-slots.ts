import { SLOTS } from "@banyan/contracts/slot.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { isKnownOwned, slotRowsOf } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";

/** A line for every slot of an owned capability that does not simply follow its owner: who owns it, where each side stands. */
export async function explainSlots(
  { addresses }: StackContext,
  capability: string,
): Promise<readonly string[]> {
  if (!isKnownOwned(capability)) return [];
  const { monolith, extracted } = await slotRowsOf(addresses, capability);
  if (monolith === undefined) return ["the monolith's database is out of reach"];
  if (extracted === undefined) return ["the extracted side's database is out of reach"];
  const others = new Map(extracted.map((row) => [row.slot, row]));
  return monolith.flatMap((row) => {
    const other = others.get(row.slot);
    if (other === undefined || row.slot > SLOTS) return [];
    const owner = row.owner ? "monolith" : other.owner ? "extracted" : "nobody";
    const copy = row.owner ? other : row;
    const quiet =
      owner !== "nobody" && copy.state === "following" && row.seq === other.seq && copy.trouble === undefined;
    return quiet
      ? []
      : [`slot ${row.slot}: owned by ${owner}; monolith ${standing(row)}; extracted ${standing(other)}`];
  });
}

function standing({ epoch, seq, state, owner, trouble }: SlotRow): string {
  const words = `epoch ${epoch}, seq ${seq}${owner ? "" : `, ${state}`}`;
  return trouble === undefined
    ? words
    : `${words}, ${trouble.code} at seq ${trouble.seq}: ${trouble.detail.slice(0, 200)}`;
}

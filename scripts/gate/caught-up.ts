import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { type BothSides, type SlotRows, slotRowsIn } from "../capabilities/owned.ts";
import type { BareContext } from "../commands/context.ts";
import { waitFor } from "../stack/condition.ts";

/** A quiet copy is behind for milliseconds; a side that is restarted meanwhile, for a minute. */
const WITHIN_MS = 120_000;
const SHOWN = 3;

/** Has the slot one owner, and its copy everything that the owner wrote? */
export function areOne(row: SlotRow, other: SlotRow | undefined): boolean {
  if (other === undefined || row.owner === other.owner) return false;
  return row.epoch === other.epoch && row.seq === other.seq && row.state === other.state;
}

/** In words, each of these slots whose copy is not where its owner is. Pure; a side out of reach has no rows. */
export function behindIn({ monolith, extracted }: SlotRows, slots: ReadonlySet<number>): readonly string[] {
  if (monolith === undefined || extracted === undefined) {
    return [`the database of the ${monolith === undefined ? "monolith" : "extracted side"} is out of reach`];
  }
  const others = new Map(extracted.map((row) => [row.slot, row]));
  const words = (row: SlotRow | undefined) =>
    row === undefined ? "is not there" : `${row.owner ? "owns it " : ""}at ${row.seq} (${row.state})`;
  return monolith
    .filter((row) => slots.has(row.slot) && !areOne(row, others.get(row.slot)))
    .map(
      (row) =>
        `slot ${row.slot}: the monolith ${words(row)}, the extracted side ${words(others.get(row.slot))}`,
    );
}

/** Waits for the copies of these slots, for when nobody writes to them any more. @throws BYN-CLI-047 */
export async function caughtUp(
  { signal }: Pick<BareContext, "signal">,
  sides: BothSides,
  capability: string,
  slots: ReadonlySet<number>,
): Promise<void> {
  let behind: readonly string[] = [];
  const there = async () => {
    behind = behindIn(await slotRowsIn(sides, capability), slots);
    return behind.length === 0;
  };
  if (await waitFor(there, { withinMs: WITHIN_MS, everyMs: 100, signal })) return;
  throw new BanyanError(
    "BYN-CLI-047",
    `${capability} after ${WITHIN_MS / 1_000} s: ${behind.slice(0, SHOWN).join("; ")}`,
  );
}

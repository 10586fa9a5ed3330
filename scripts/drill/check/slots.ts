import { SLOTS } from "@banyan/contracts/slot.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";
import { CAPABILITIES, type Capability } from "../sides.ts";

/** Ownership and the log, slot by slot. */
export function checkSlots(
  facts: Pick<Facts, "slots" | "written" | "foreign" | "different" | "torn">,
): Problem[] {
  const { foreign, different, torn } = facts;
  return [
    ...torn,
    ...CAPABILITIES.flatMap((capability) => [
      ...ownersOf(capability, facts),
      ...gapsOf(capability, facts),
      ...(foreign[capability] === 0
        ? []
        : [`${capability}: ${foreign[capability]} events of an epoch that was over`]),
      ...(different[capability] === "" ? [] : [`${capability}: ${different[capability]}`]),
    ]),
  ];
}

function ownersOf(capability: Capability, { slots }: Pick<Facts, "slots">): Problem[] {
  const { monolith, extracted } = slots[capability];
  const others = new Map(extracted.map((row) => [row.slot, row]));
  return monolith.flatMap((row) => {
    const other = others.get(row.slot);
    // The rehearsals' slots are no key's, and wait at the monolith.
    if (other === undefined || row.slot > SLOTS) return [];
    const place = `slot ${row.slot} of ${capability}`;
    if (row.owner && other.owner) return [`${place}: two owners`];
    if (!row.owner && !other.owner) return [`${place}: no owner`];
    return row.epoch === other.epoch ? [] : [`${place}: an owner, at epochs ${row.epoch} and ${other.epoch}`];
  });
}

/** One row for each seq, by whichever side owned the slot then, up to where its owner stands. */
function gapsOf(capability: Capability, { slots, written }: Pick<Facts, "slots" | "written">): Problem[] {
  const seqs = new Map<number, number[]>();
  for (const row of written) {
    if (row.capability === capability) seqs.set(row.slot, [...(seqs.get(row.slot) ?? []), row.seq]);
  }
  const { monolith, extracted } = slots[capability];
  return [...monolith, ...extracted].flatMap(({ slot, owner, seq: head }) => {
    if (!owner) return [];
    const own = (seqs.get(slot) ?? []).sort((a, b) => a - b);
    const wrong = own.findIndex((seq, at) => seq !== at + 1);
    const place = `slot ${slot} of ${capability}`;
    if (wrong >= 0) return [`${place}: the event after ${own[wrong - 1] ?? 0} is ${own[wrong]}`];
    return own.length === head
      ? []
      : [`${place}: its owner is at ${head}, and ${own.length} events were written`];
  });
}

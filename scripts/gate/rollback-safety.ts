import type { Side } from "@banyan/contracts/http/headers.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import { BOUNDS } from "@banyan/controller/decide/plan-moves.ts";
import { whyNot } from "@banyan/platform/handover/act/hand-over.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";

/** `safe`: every slot can be handed back now · `needs sync`: once its copy has caught up · `unsafe`: some can't be. */
export interface RollbackSafety {
  readonly says: "safe" | "needs sync" | "unsafe";
  /** In words, the deciding ones first. */
  readonly reasons: readonly string[];
}

/** As many changes behind may a copy be when the controller starts a handover. */
const { maxLag } = BOUNDS;

/**
 * Whether the slots above `to` can go back to the monolith, from where both databases stand: within reach, in quarantine or
 * not, how far behind. Pure; a side that is out of reach is undefined.
 */
export function rollbackSafety(
  rows: Readonly<Record<Side, readonly SlotRow[] | undefined>>,
  to: number,
): RollbackSafety {
  const { monolith, extracted } = rows;
  if (extracted === undefined || monolith === undefined) {
    const away = extracted === undefined ? "the extracted side's database" : "the monolith's database";
    return {
      says: "unsafe",
      reasons: [`${away} is out of reach: nobody knows what it has and the other has not`],
    };
  }
  const copies = new Map(monolith.map((row) => [row.slot, row]));
  // A slot without an owner is on its way, and may not arrive: it counts as well.
  const leaving = extracted.filter(
    ({ slot, owner }) => (owner || copies.get(slot)?.owner !== true) && slot > to && slot <= SLOTS,
  );
  const standing = leaving.map((row) => ({ row, copy: copies.get(row.slot) }));
  const count = (is: (pair: (typeof standing)[number]) => boolean) => standing.filter(is).length;
  const quarantined = count(({ copy }) => copy?.state === "quarantined");
  const stopped = count(
    ({ row, copy }) => (row.trouble ?? copy?.trouble) !== undefined && copy?.state !== "quarantined",
  );
  // Whatever else the controller refuses, but for the lag: nothing brings that about by itself.
  const odd = count(
    ({ row, copy }) =>
      row.owner &&
      copy?.state === "following" &&
      (row.trouble ?? copy.trouble) === undefined &&
      whyNot(row, copy, Number.POSITIVE_INFINITY) !== undefined,
  );
  const unfilled = count(
    ({ copy }) => copy === undefined || copy.state === "empty" || copy.state === "filling",
  );
  const behind = count(
    ({ row, copy }) => row.owner && copy?.state === "following" && row.seq - copy.seq > maxLag,
  );
  const inHand = count(({ row }) => !row.owner);
  const unsafe = [
    quarantined > 0
      ? `${slots(quarantined)} of the monolith's copy are in quarantine: fill them again first`
      : "",
    stopped > 0 ? `${slots(stopped)} stand still before an event that can't be applied` : "",
    odd > 0
      ? `${slots(odd)} of the monolith's copy are at another epoch than the owner, or ahead of it, as after a restored backup`
      : "",
  ].filter((reason) => reason !== "");
  if (unsafe.length > 0) return { says: "unsafe", reasons: unsafe };
  const waiting = [
    unfilled > 0 ? `${slots(unfilled)} of the monolith's copy are not filled; the controller fills them` : "",
    behind > 0 ? `${slots(behind)} of the monolith's copy are more than ${maxLag} changes behind` : "",
    inHand > 0 ? `${slots(inHand)} are on their way, and owned by nobody until they arrive` : "",
  ].filter((reason) => reason !== "");
  if (waiting.length > 0) return { says: "needs sync", reasons: waiting };
  const going =
    leaving.length === 0
      ? "no slot is to go back"
      : `${slots(leaving.length)} go back, each with everything that was written`;
  return { says: "safe", reasons: [going] };
}

function slots(count: number): string {
  return count === 1 ? "1 slot" : `${count} slots`;
}

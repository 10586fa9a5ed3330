import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { SlotRow } from "../slot/slot-row.ts";

/**
 * `refused`: this slot takes nothing now · `duplicate`: seen before · `next`: to be applied · `gap`: rows before it are
 * missing · `foreign`: of an epoch that is over, after that epoch's last · `impossible`: stop the slot and alarm.
 */
export type Judgement = "refused" | "duplicate" | "next" | "gap" | "foreign" | "impossible";

/**
 * What an event is to a slot (§5.5). Pure. `lastOf` is the last `seq` of a past epoch, 0 for one that is not known.
 * Only a `following` slot judges at all, so what stands in an epoch can be trusted.
 */
export function judge(
  row: SlotRow,
  event: Pick<OutboxRow, "epoch" | "seq">,
  lastOf: (epoch: number) => number,
): Judgement {
  if (row.state !== "following") return "refused";
  if (row.trouble?.code === "BYN-DATA-026") return "refused";
  if (event.epoch < row.epoch) return event.seq <= lastOf(event.epoch) ? "duplicate" : "foreign";
  if (event.epoch > row.epoch) return "impossible";
  if (event.seq <= row.seq) return "duplicate";
  if (row.owner) return "impossible";
  return event.seq === row.seq + 1 ? "next" : "gap";
}

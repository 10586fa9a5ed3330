import { ALL_SLOTS } from "../slot.ts";

/** On a 421 of a side that does not own the slot asked for (docs/handover/421.md). */
export const MISDIRECTED_HEADER = "x-banyan-misdirected";

/** What the header says. `unknown`: an id that the side doesn't know, so it may name no slot and no epoch (0 and 0). */
export interface MisdirectedAnswer {
  readonly capability: string;
  /** 1…102; 0 with `unknown` where no slot can be named. */
  readonly slot: number;
  readonly epoch: number;
  readonly reason: "not-owner" | "unknown";
}

const FORM =
  /^([a-z][a-z0-9-]{0,62});slot=(0|[1-9]\d{0,2});epoch=(0|[1-9]\d{0,15});reason=(not-owner|unknown)$/;

/** Reads the header's one value, strictly: anything else is undefined, and its 421 is somebody else's. */
export function readMisdirected(
  value: string | readonly string[] | undefined,
): MisdirectedAnswer | undefined {
  const [, capability, slotText, epochText, reason] = (typeof value === "string" && FORM.exec(value)) || [];
  if (capability === undefined) return undefined;
  const slot = Number(slotText);
  const epoch = Number(epochText);
  if (slot > ALL_SLOTS || !Number.isSafeInteger(epoch)) return undefined;
  if (reason === "unknown") return { capability, slot, epoch, reason };
  return epoch === 0 ? undefined : { capability, slot, epoch, reason: "not-owner" };
}

export function misdirectedText({ capability, slot, epoch, reason }: MisdirectedAnswer): string {
  return `${capability};slot=${slot};epoch=${epoch};reason=${reason}`;
}

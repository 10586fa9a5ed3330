import type { Announcement } from "@banyan/contracts/http/announcement.ts";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { MisdirectedAnswer } from "@banyan/contracts/http/misdirected.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";

interface Known {
  readonly epoch: number;
  readonly owner: Side;
}

/** An epoch that lies further than this above the known one is not believed: a slot moves one or two epochs at a time. */
export const FARTHEST_EPOCHS = 1_000;

/**
 * Who owns which slot, as 421s and announcements told. It may be old or wrong: that costs a 421 and a repeat, never
 * correctness. `onDoubt` is told of the first claim about a slot that is not believed, until something new is.
 */
export class Knowledge {
  readonly #slots = new Map<string, Map<number, Known>>();
  readonly #doubted = new Set<string>();
  readonly #onDoubt: (claim: Announcement) => void;

  constructor(onDoubt: (claim: Announcement) => void) {
    this.#onDoubt = onDoubt;
  }

  ownerOf(capability: string, slot: number): Known | undefined {
    return this.#slots.get(capability)?.get(slot);
  }

  /**
   * `side` said that it does not own a slot, to a request for the slot `asked` (undefined: for none that is known). A
   * side that speaks of another slot counts them otherwise than we do, so nothing is learned. False when it is not
   * believed.
   */
  learn(
    side: Side,
    { capability, slot, epoch, reason }: MisdirectedAnswer,
    asked: number | undefined,
  ): boolean {
    if (reason === "unknown" || (asked !== undefined && asked !== slot)) return true;
    return this.hear({ capability, slot, epoch, owner: peerOf(side) });
  }

  /** Only a higher epoch than the known one is news. False when it is not believed. */
  hear({ capability, slot, epoch, owner }: Announcement): boolean {
    const slots = this.#slots.get(capability) ?? new Map<number, Known>();
    const known = slots.get(slot);
    if (known === undefined ? slots.size >= ALL_SLOTS : epoch <= known.epoch) return true;
    if (known !== undefined && epoch - known.epoch > FARTHEST_EPOCHS) {
      this.#doubt({ capability, slot, epoch, owner });
      return false;
    }
    slots.set(slot, { epoch, owner });
    this.#slots.set(capability, slots);
    this.#doubted.delete(`${capability}/${slot}`);
    return true;
  }

  /** The owner that was known refused a request that `side` took: what was known goes, so that it can be learned anew. */
  disprove(side: Side, capability: string, slot: number): void {
    if (this.ownerOf(capability, slot)?.owner === peerOf(side)) this.#slots.get(capability)?.delete(slot);
  }

  #doubt(claim: Announcement): void {
    const about = `${claim.capability}/${claim.slot}`;
    if (this.#doubted.has(about)) return;
    this.#doubted.add(about);
    this.#onDoubt(claim);
  }
}

import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { MisdirectedAnswer } from "@banyan/contracts/http/misdirected.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";

interface Known {
  readonly epoch: number;
  readonly owner: Side;
}

/** Who owns which slot, as 421s told. It may be old: that costs a 421 and a repeat, never correctness. */
export class Knowledge {
  readonly #slots = new Map<string, Map<number, Known>>();

  knowsAnyOf(capability: string): boolean {
    return this.#slots.has(capability);
  }

  ownerOf(capability: string, slot: number): Known | undefined {
    return this.#slots.get(capability)?.get(slot);
  }

  /** `side` said that it does not own a slot: only a higher epoch than the known one is news. */
  learn(side: Side, { capability, slot, epoch, reason }: MisdirectedAnswer): void {
    if (reason === "unknown") return;
    const slots = this.#slots.get(capability) ?? new Map<number, Known>();
    this.#slots.set(capability, slots);
    const known = slots.get(slot);
    if (known === undefined ? slots.size >= ALL_SLOTS : epoch <= known.epoch) return;
    slots.set(slot, { epoch, owner: peerOf(side) });
  }
}

import type { Side } from "@banyan/contracts/http/headers.ts";
import { readSlots, type SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { pause } from "./pause.ts";
import { CAPABILITIES, type Capability, type Sides } from "./sides.ts";

/** A slot as three readings in a row show it: one side, the other, and the first again. */
export interface Sample {
  readonly before: Pick<SlotRow, "owner" | "epoch">;
  readonly other: Pick<SlotRow, "owner" | "epoch">;
  readonly after: Pick<SlotRow, "owner" | "epoch">;
}

/**
 * Two owners at once? An epoch that a side owned before and after it owned in between too, for it never gets the same one
 * twice. And two owners of one epoch can't be, whenever they are read. Pure.
 */
export function hasTwoOwners({ before, other, after }: Sample): boolean {
  if (!other.owner) return false;
  const held = before.owner && after.owner && before.epoch === after.epoch;
  return (
    held || (before.owner && before.epoch === other.epoch) || (after.owner && after.epoch === other.epoch)
  );
}

const EVERY_MS = 100;

/** Looks at every slot again and again, the whole run long. */
export class Watch {
  readonly #sides: Sides;
  readonly #torn: string[] = [];
  readonly #owners = new Map<string, Side>();
  #arrivals = 0;
  #samples = 0;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  /** Slots that were seen with two owners. */
  get torn(): readonly string[] {
    return this.#torn;
  }

  /** Slots that were seen at another owner than before; one that came back between two looks was not. */
  get arrivals(): number {
    return this.#arrivals;
  }

  get samples(): number {
    return this.#samples;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      // A database that is away shows nothing.
      for (const capability of CAPABILITIES) await this.#look(capability).catch(() => {});
      await pause(EVERY_MS);
    }
  }

  async #look(capability: Capability): Promise<void> {
    const { monolith, extracted } = this.#sides[capability];
    const before = await readSlots(monolith.pool, capability);
    const others = await readSlots(extracted.pool, capability);
    const after = await readSlots(monolith.pool, capability);
    for (const [at, row] of before.entries()) {
      const [other, again] = [others[at], after[at]];
      if (other === undefined || again === undefined) continue;
      this.#samples += 1;
      this.#noteOwner(`${capability} ${row.slot}`, row.owner, other.owner);
      if (hasTwoOwners({ before: row, other, after: again }))
        this.#torn.push(
          `slot ${row.slot} of ${capability}: both own it, the monolith at epoch ${row.epoch}, the other at ${other.epoch}`,
        );
    }
  }

  #noteOwner(place: string, monolith: boolean, extracted: boolean): void {
    // On its way it has none; as the readings are apart in time it may seem to have two.
    if (monolith === extracted) return;
    const owner: Side = monolith ? "monolith" : "extracted";
    const before = this.#owners.get(place);
    if (before !== undefined && before !== owner) this.#arrivals += 1;
    this.#owners.set(place, owner);
  }
}

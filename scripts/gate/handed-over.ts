import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import { slotRowsIn, withBothSides } from "../capabilities/owned.ts";
import type { BareContext } from "../commands/context.ts";
import { waitFor } from "../stack/condition.ts";

/** A hundred slots take some seconds; a database that is restarted meanwhile, some more. */
const WITHIN_MS = 120_000;

/**
 * Waits until the extracted side owns slots 1…`percentage` and the monolith the others: the controller hands them over, one
 * after another, while everybody goes on writing. Answers how long it took, ms. @throws BYN-CLI-042
 */
export async function handedOver(
  { addresses, screen, signal }: BareContext,
  capability: string,
  percentage: number,
): Promise<number> {
  const began = performance.now();
  const arrived = await withBothSides(addresses, capability, (sides) => {
    const there = async () => {
      const { monolith = [], extracted = [] } = await slotRowsIn(sides, capability);
      const owned = (rows: typeof monolith) =>
        new Set(rows.filter(({ owner }) => owner).map(({ slot }) => slot));
      const [above, below] = [owned(monolith), owned(extracted)];
      let right = 0;
      for (let slot = 1; slot <= SLOTS; slot++) {
        if ((slot <= percentage ? below : above).has(slot)) right += 1;
      }
      screen.progress("handing over", right / SLOTS, `${right} of ${SLOTS} slots where they belong`);
      return right === SLOTS;
    };
    return waitFor(there, { withinMs: WITHIN_MS, everyMs: 100, signal });
  });
  if (arrived) return performance.now() - began;
  throw new BanyanError(
    "BYN-CLI-042",
    `${capability} was set to ${percentage} %, and not every slot is where it belongs after ${WITHIN_MS / 1_000} s`,
  );
}

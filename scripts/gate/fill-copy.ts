import { fillCatalog } from "../capabilities/catalog.ts";
import { fillOwned } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";

export interface FilledCopy {
  /** Slots that wanted a fill when it began. */
  readonly slotsTotal: number;
  readonly filled: number;
  readonly rows: number;
}

/** Fills a capability's copy with a bar; resumable, harmless to repeat, moves no traffic and no ownership. */
export async function fillCopy(
  { addresses, screen, signal }: StackContext,
  capability: string,
  rowsPerSecond: number | undefined,
): Promise<FilledCopy> {
  const onProgress = (progress: { slotsDone: number; slotsTotal: number; rows: number }) => {
    const { slotsDone, slotsTotal, rows } = progress;
    const ratio = slotsTotal === 0 ? 1 : slotsDone / slotsTotal;
    screen.progress("filling the copy", ratio, `${slotsDone} of ${slotsTotal} slots, ${rows} rows`);
  };
  if (capability === "catalog") {
    const throttle = rowsPerSecond === undefined ? {} : { throttle: { rowsPerSecond } };
    return fillCatalog(addresses, { signal, onProgress, ...throttle });
  }
  const throttle = rowsPerSecond === undefined ? {} : { rowsPerSecond };
  return fillOwned(addresses, capability, { signal, onProgress, ...throttle });
}

import { LOAD_WORDS } from "./loads.ts";
import type { MoveRow, WriteRow } from "./results.ts";

/** What was aimed at before anything was measured: p50 of a guarded write against an unguarded one. */
const MOST_RATIO = 1.3;
/** And the pause of a slot at p50, with eight at once. */
const MOST_PAUSE_MS = 100;

/** Whether the guard's aim was met, load by load. */
export function writeAimWords(rows: readonly WriteRow[]): string {
  const measured = rows
    .filter(({ metric }) => metric === "p50Ms")
    .map(({ load, guarded }) => ({ load, ratio: guarded.estimate ?? Number.NaN }));
  const missed = measured.filter(({ ratio }) => !(ratio <= MOST_RATIO));
  const aim = `Aimed at, before it was measured: a guarded write's p50 at most × ${MOST_RATIO}.`;
  if (missed.length === 0) return `${aim} Met at every load.`;
  const where = missed.map(({ load, ratio }) => `${LOAD_WORDS[load]}: × ${ratio.toFixed(2)}`).join("; ");
  return `${aim} **Missed** at ${missed.length} of ${measured.length} loads (${where}).`;
}

/** Whether the handover's aim was met. */
export function pauseAimWords(rows: readonly MoveRow[]): string {
  const pauseMs = rows.find(({ metric }) => metric === "p50Ms")?.of[8].value ?? Number.NaN;
  const aim = `Aimed at, before it was measured: eight slots at once, each with a pause under ${MOST_PAUSE_MS} ms at p50.`;
  return `${aim} ${pauseMs < MOST_PAUSE_MS ? "Met" : "**Missed**"} with ${Math.round(pauseMs)} ms.`;
}

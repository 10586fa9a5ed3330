import { clippedLag1, widening } from "../statistics/autocorrelation.ts";
import { centreInterval, walshAverages } from "../statistics/hodges-lehmann.ts";
import { median } from "../statistics/quantile.ts";
import type { Digest } from "./digest.ts";
import type { Protocol } from "./protocol.ts";
import type { Interference } from "./verdict.ts";
import { change, ms } from "./words.ts";

/**
 * Whether arm a runs in the duet as it runs alone. A duet can't see harm that falls on both sides: a candidate that
 * makes the shared database three times slower is as fast as the reference beside it. Each solo block is compared with
 * the duet's blocks around it, and the differences ln(beside/alone) are judged as those of the arms are (`measureOf`).
 *
 * ok needs proof, as everything here: the *upper* bound is within the limit. Too few solo blocks are not ok.
 */
export function interferenceOf({ solo }: Digest, protocol: Protocol): Interference {
  const { alpha, limit, minBlocks } = protocol.interference;
  const differences = solo.map(({ aloneMs, besideMs }) => Math.log(besideMs / aloneMs));
  const widenedBy = widening(differences.length > 2 ? clippedLag1(differences) : 0);
  const shift = centreInterval(walshAverages(differences), differences.length, alpha, widenedBy);
  const soloP50Ms = solo.length ? median(solo.map((s) => s.aloneMs)) : null;
  const floorShare = soloP50Ms === null ? 0 : protocol.margins.floorMs / soloP50Ms;
  const measured = {
    soloP50Ms,
    duetP50Ms: solo.length ? median(solo.map((s) => s.besideMs)) : null,
    ratio: expOf(shift.estimate),
    lower: expOf(shift.lower),
    upper: expOf(shift.upper),
    limit: 1 + Math.max(limit, floorShare),
    alpha,
    soloBlocks: solo.length,
  };
  const enough = solo.length >= minBlocks && measured.upper !== null;
  const ok = enough && (measured.upper ?? Number.POSITIVE_INFINITY) <= measured.limit;
  return { ok, ...measured, text: textOf(measured, enough, minBlocks) };
}

function textOf(m: Omit<Interference, "ok" | "text">, enough: boolean, needed: number): string {
  const { ratio, lower, upper, soloP50Ms, duetP50Ms } = m;
  if (
    !enough ||
    ratio === null ||
    lower === null ||
    upper === null ||
    soloP50Ms === null ||
    duetP50Ms === null
  ) {
    const found = `${m.soloBlocks} solo blocks are usable, needed: ${needed}`;
    return `the reference can't be compared with itself alone (${found}), so harm to both sides can't be excluded`;
  }
  return (
    `p50 of the reference is ${ms(duetP50Ms)} in the duet and ${ms(soloP50Ms)} alone: ${change(ratio)}, ` +
    `between ${change(lower)} and ${change(upper)} (allowed: ${change(m.limit)})`
  );
}

function expOf(x: number | null): number | null {
  return x === null ? null : Math.exp(x);
}

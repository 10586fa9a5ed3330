import { median } from "../statistics/quantile.ts";
import { shiftInterval } from "../statistics/rank-sum.ts";
import type { Digest } from "./digest.ts";
import type { Protocol } from "./protocol.ts";
import type { Interference } from "./verdict.ts";
import { change, ms } from "./words.ts";

/**
 * Whether arm a runs in the duet as it runs alone. A duet can't see harm that falls on both sides: a candidate that
 * makes the shared database three times slower is as fast as the reference beside it.
 *
 * ok needs proof, as everything here: the *upper* bound of duet over solo is within the limit. A missing or incomplete
 * solo part is not ok.
 */
export function interferenceOf(digest: Digest, protocol: Protocol): Interference {
  const solo = digest.soloP50Ms;
  const duet = digest.pairs.p50.map((p) => p.aMs);
  const { alpha } = protocol.interference;
  const shift = shiftInterval(solo.map(Math.log), duet.map(Math.log), alpha);
  const soloP50Ms = solo.length ? median(solo) : null;
  const floorShare = soloP50Ms === null ? 0 : protocol.margins.floorMs / soloP50Ms;
  const measured = {
    soloP50Ms,
    duetP50Ms: duet.length ? median(duet) : null,
    ratio: expOf(shift.estimate),
    lower: expOf(shift.lower),
    upper: expOf(shift.upper),
    limit: 1 + Math.max(protocol.interference.limit, floorShare),
    alpha,
    soloBlocks: solo.length,
    duetBlocks: duet.length,
  };
  const complete = solo.length >= protocol.soloBlocks && measured.upper !== null;
  const ok = complete && (measured.upper ?? Number.POSITIVE_INFINITY) <= measured.limit;
  return { ok, ...measured, text: textOf(measured, complete, protocol.soloBlocks) };
}

function textOf(m: Omit<Interference, "ok" | "text">, complete: boolean, needed: number): string {
  const { ratio, lower, upper, soloP50Ms, duetP50Ms } = m;
  if (
    !complete ||
    ratio === null ||
    lower === null ||
    upper === null ||
    soloP50Ms === null ||
    duetP50Ms === null
  ) {
    const found = `${m.soloBlocks} of ${needed} solo blocks and ${m.duetBlocks} duet blocks are usable`;
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

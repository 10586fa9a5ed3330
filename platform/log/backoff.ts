const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/**
 * How long to wait before try number `failures` + 1 (`failures` ≥ 1): doubling from 50 ms to 5 s, half of it random
 * ("equal jitter"), so that many followers of one restarted Postgres don't come back in the same moment.
 */
export function backoffMs(failures: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return whole / 2 + (whole / 2) * random();
}

import type { FlagReading } from "@banyan/platform/flags/unleash-admin.ts";
import type { Lag } from "@banyan/platform/log/lag.ts";

/** Derived, never stored; the first that holds (design §3). Nothing here owns writes, so ownership plays no part. */
export function stageOf(
  percentage: number,
  lag: Pick<Lag, "states"> | undefined,
): "live" | "ramp" | "sync" | "off" {
  if (percentage >= 100) return "live";
  if (percentage > 0) return "ramp";
  const touched = lag !== undefined && lag.states.following + lag.states.filling + lag.states.quarantined > 0;
  return touched ? "sync" : "off";
}

/** What the flag says, in words: a switch that is off is not the same as a rollout of 0 %. */
export function flagWords(
  reading: Pick<FlagReading, "percentage" | "on"> | undefined,
  problem: string | undefined,
): string {
  if (reading === undefined || problem !== undefined)
    return `unknown${problem === undefined ? "" : ` (${problem})`}`;
  return reading.on ? `${reading.percentage} %` : "0 %: its switch is off in Unleash";
}

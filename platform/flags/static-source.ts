import type { FlagSource, Intent } from "./flag-source.ts";
import { USER } from "./stickiness.ts";

/** One capability of `banyan.yaml` as the static source needs it. */
export interface StaticFlag {
  readonly capability: string;
  /** The flag's name; it is the group that slots are counted in, as in Unleash. */
  readonly flag: string;
  /** 0…100. */
  readonly percentage: number;
  /** The field that slots are counted by; `userId` if left out. */
  readonly stickiness?: string;
}

/** Intent as `banyan.yaml` states it; it changes only by a reload of the file. */
export function staticFlagSource(flags: readonly StaticFlag[]): FlagSource {
  const intents = new Map<string, Intent>(
    flags.map(({ capability, flag, percentage, stickiness = USER }) => [
      capability,
      { percentage, kill: false, compiled: { groupId: flag, stickiness } },
    ]),
  );
  return {
    intentOf: (capability) => intents.get(capability),
    health: () => ({ state: "live", detail: "percentages from banyan.yaml" }),
    close: async () => {},
  };
}

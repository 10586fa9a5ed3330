import type { FlagDefinition } from "@banyan/platform/flags/compile.ts";
import type { Intent as FlagIntent, FlagSource } from "@banyan/platform/flags/flag-source.ts";
import type { Intent, Share } from "./share.ts";

/** How an owning capability's flag must count its slots; anything else would reshuffle everyone (§6). */
export interface Counting {
  /** Also the flag's name. */
  readonly groupId: string;
  readonly stickiness: string;
  /** With `enforce`: the last proved rung, 0…100; undefined while it can't be told. Without: no such function. */
  readonly proved?: () => number | undefined;
}

/**
 * Intent from the flags, while they are told: what is only remembered may be taken back by now, and nobody could say so.
 * A capability without an entry in `counting` is unknown.
 */
export function flagIntent(source: FlagSource, counting: Readonly<Record<string, Counting>>): Intent {
  return {
    shareOf: (capability) => {
      const counted = counting[capability];
      if (counted === undefined) return unknown("BYN-FLAGS-009", `${capability} has no flag`);
      const { state, detail } = source.health();
      if (state !== "live") return unknown("BYN-FLAGS-009", detail);
      return shareOf(source.intentOf(capability), counted);
    },
  };
}

/**
 * What the flag says of an owning capability (§6): the kill switch is 0; else exactly one plain flexibleRollout with our
 * groupId and stickiness; with `enforce` never above the last proved rung. A flag that is off says nothing: whoever wants
 * everything back moves it to 0 % or uses the kill switch, and one that was archived or made anew takes nothing along. Pure.
 */
export function shareOf(intent: FlagIntent | undefined, { groupId, stickiness, proved }: Counting): Share {
  if (intent === undefined) return unknown("BYN-FLAGS-009", "the flag is not known");
  if (intent.kill) return { known: true, slots: 0 };
  const asked = intent.definition === undefined ? plain(intent) : rolloutOf(intent.definition);
  if ("known" in asked) return asked;
  if (asked.percentage > 0 && (asked.groupId !== groupId || asked.stickiness !== stickiness)) {
    const is = `groupId ${asked.groupId || "(none)"}, stickiness ${asked.stickiness || "(none)"}`;
    return unknown("BYN-FLAGS-008", `its strategy has ${is}, not ${groupId} and ${stickiness}`);
  }
  const slots = Math.floor(asked.percentage);
  if (proved === undefined || slots === 0) return { known: true, slots };
  const rung = proved();
  if (rung === undefined) return unknown("BYN-FLAGS-009", "what was proved can't be told");
  return { known: true, slots: Math.min(slots, rung) };
}

interface Rollout {
  readonly percentage: number;
  readonly groupId: string;
  readonly stickiness: string;
}

/** Of a source without definitions (`banyan.yaml`). */
function plain(intent: FlagIntent): Rollout | Share {
  if ("delegate" in intent) return unknown("BYN-FLAGS-007", "it can't be said in slots");
  return { percentage: intent.percentage, ...intent.compiled };
}

function rolloutOf(flag: FlagDefinition): Rollout | Share {
  const why = (what: string) => unknown("BYN-FLAGS-007", what);
  if (!flag.enabled) return why("it is switched off, which is not 0 %");
  if ((flag.dependencies ?? []).length > 0) return why("it depends on another flag");
  const [strategy, ...more] = flag.strategies.filter((one) => one.disabled !== true);
  // unleash-client calls an enabled flag without a strategy 100 %; ownership does not move on what nobody wrote.
  if (strategy === undefined) return why("it has no strategy");
  if (more.length > 0) return why(`it has ${more.length + 1} strategies`);
  if (strategy.name !== "flexibleRollout") return why(`its strategy is ${strategy.name}`);
  for (const what of ["constraints", "segments", "variants"] as const) {
    if ((strategy[what] ?? []).length > 0) return why(`its strategy has ${what}`);
  }
  const { rollout = "", groupId = "", stickiness = "" } = strategy.parameters ?? {};
  const percentage = Number(rollout);
  if (rollout.trim() === "" || !(percentage >= 0 && percentage <= 100))
    return why("its rollout is no percentage");
  return { percentage, groupId, stickiness };
}

function unknown(code: "BYN-FLAGS-007" | "BYN-FLAGS-008" | "BYN-FLAGS-009", why: string): Share {
  return { known: false, code, why };
}

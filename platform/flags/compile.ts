import { z } from "zod";
import type { Intent } from "./flag-source.ts";
import { USER } from "./stickiness.ts";

/** What is read of a flag as Unleash's client API gives it. More may stand there; less is no flag. */
export const FlagDefinition = z.object({
  name: z.string(),
  enabled: z.boolean(),
  strategies: z.array(
    z.object({
      name: z.string(),
      parameters: z.record(z.string(), z.coerce.string()).nullish(),
      constraints: z.array(z.unknown()).nullish(),
      segments: z.array(z.unknown()).nullish(),
      variants: z.array(z.unknown()).nullish(),
      disabled: z.boolean().nullish(),
    }),
  ),
  dependencies: z.array(z.unknown()).nullish(),
});
export type FlagDefinition = z.output<typeof FlagDefinition>;

export type Compiled =
  | {
      readonly kind: "slots";
      readonly percentage: number;
      readonly groupId: string;
      readonly stickiness: string;
    }
  | { readonly kind: "delegate"; readonly why: string };

/**
 * Turns a flag into slots where the two are the same thing: off (0 %), on without a strategy (unleash-client answers
 * true, so 100 %), or one plain flexibleRollout by the field that slots are counted by. Everything else is asked of
 * unleash-client itself.
 */
export function compileFlag(flag: FlagDefinition, countedBy = USER): Compiled {
  const off = { kind: "slots", percentage: 0, groupId: flag.name, stickiness: countedBy } as const;
  if (!flag.enabled) return off;
  if ((flag.dependencies ?? []).length > 0) return delegate("it depends on another flag");
  const strategies = flag.strategies.filter((strategy) => strategy.disabled !== true);
  if (strategies.length > 1) return delegate(`it has ${strategies.length} strategies`);
  const strategy = strategies[0];
  if (strategy === undefined) return { ...off, percentage: 100 };
  if ((strategy.constraints ?? []).length > 0) return delegate("its strategy has constraints");
  if ((strategy.segments ?? []).length > 0) return delegate("its strategy has segments");
  if (strategy.name !== "flexibleRollout") return delegate(`its strategy is ${strategy.name}`);
  const { rollout = "", groupId, stickiness = "default" } = strategy.parameters ?? {};
  const percentage = Number(rollout);
  if (rollout === "" || !Number.isFinite(percentage)) return delegate("its rollout is no number");
  if (stickiness !== countedBy) return delegate(`its stickiness is ${stickiness}`);
  return {
    kind: "slots",
    percentage: Math.min(100, Math.max(0, percentage)),
    groupId: groupId === undefined || groupId === "" ? flag.name : groupId,
    stickiness,
  };
}

/** The intent of a capability from its flag and its kill switch (`undefined`: there is none). */
export function intentFrom(
  flag: FlagDefinition,
  kill: FlagDefinition | undefined,
  isEnabled: (name: string, userId: string | undefined) => boolean,
): Intent {
  const compiled = compileFlag(flag);
  const killed = kill?.enabled === true;
  if (compiled.kind === "slots") {
    const { percentage, groupId, stickiness } = compiled;
    return { percentage, kill: killed, definition: flag, compiled: { groupId, stickiness } };
  }
  return {
    percentage: shownPercentage(flag),
    kill: killed,
    definition: flag,
    delegate: ({ userId }) => isEnabled(flag.name, userId),
  };
}

/** Of a flag that slots can't say: its largest rollout, for showing only. */
function shownPercentage(flag: FlagDefinition): number {
  const rollouts = flag.strategies.map((strategy) => Number(strategy.parameters?.rollout ?? 100));
  return Math.max(0, ...rollouts.filter((rollout) => Number.isFinite(rollout)).map((r) => Math.min(100, r)));
}

/** The kill switch that stands beside a capability's flag. */
export function killFlagOf(flag: string): string {
  return `${flag}.kill`;
}

function delegate(why: string): Compiled {
  return { kind: "delegate", why };
}

import type { Side } from "@banyan/contracts/http/headers.ts";
import type { AbortPlan } from "../act/abort.ts";
import type { HandoverPlan } from "../act/hand-over.ts";
import type { SlotSnapshot } from "../fill/snapshot.ts";
import type { Pull } from "../inbox/pull.ts";

/**
 * What a controller remembers between its transactions (`mem` of the model). It may pause here for as long as it likes,
 * or forget it all, which is a crash.
 */
export type Memory =
  | { readonly doing: "nothing" }
  | { readonly doing: "hand over"; readonly from: Side; readonly plan: HandoverPlan }
  | { readonly doing: "abort"; readonly from: Side; readonly plan: AbortPlan }
  | { readonly doing: "snapshot"; readonly copy: Side }
  | { readonly doing: "put"; readonly copy: Side; readonly snapshot: SlotSnapshot };

type Pulling = { readonly pull: Pull; readonly gone?: string };

/** Who is in the middle of something. */
export interface Actors {
  readonly memory: [Memory, Memory];
  /** By controller: two that hold different tokens, or two that (wrongly) hold the same. */
  readonly tokens: readonly [number, number];
  /** A controller that pauses for long in the middle of what it does, or none. */
  readonly sleeper: 0 | 1 | undefined;
  readonly pulling: Partial<Record<Side, Pulling>>;
  /** By reader: how much of the peer's wire it has read. */
  readonly offset: Record<Side, number>;
  writes: number;
}

export function newActors(tokens: Actors["tokens"], sleeper: Actors["sleeper"]): Actors {
  const idle = { doing: "nothing" } as const;
  return {
    memory: [idle, idle],
    tokens,
    sleeper,
    pulling: {},
    offset: { monolith: 0, extracted: 0 },
    writes: 0,
  };
}

/** One step that may be taken now: an action of docs/handover/handover.tla, done by the code on real transactions. */
export interface Step {
  readonly name: string;
  /** How often it stands in the lottery. */
  readonly weight: number;
  take(which: number): Promise<void>;
}

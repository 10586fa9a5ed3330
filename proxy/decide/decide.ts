import type { Side } from "@banyan/contracts/http/headers.ts";
import type { Override } from "@banyan/contracts/http/override.ts";
import { SLOTS, slotOf } from "@banyan/contracts/slot.ts";
import type { Intent } from "@banyan/platform/flags/flag-source.ts";

export type Reason =
  /** No capability takes the route. */
  | "unmatched"
  /** The kill switch is on. */
  | "kill"
  /** A signed override chose. */
  | "override"
  /** No flag source knows the flag. */
  | "flag-unknown"
  /** 0 % or 100 %: no identity was needed. */
  | "everyone"
  /** What is known of who owns the slot. */
  | "owner"
  /** The route takes stale answers. */
  | "stale"
  /** The identity's slot against the percentage. */
  | "slot"
  /** No identity, which counts as slot 100. */
  | "no-identity"
  /** The flag cannot be compiled to slots: the flag library said it. */
  | "flag-rule"
  /** The flag library failed when it was asked. */
  | "flag-failed";

export interface Decision {
  readonly side: Side;
  readonly reason: Reason;
  readonly slot?: number;
  readonly percentage?: number;
}

export const UNMATCHED: Decision = { side: "monolith", reason: "unmatched" };

/** Reads that may be stale are the monolith's, keyed or not (design §5.9). */
export const STALE: Decision = { side: "monolith", reason: "stale" };

/** Before anything was decided: what is refused earlier was never any side's. */
export const UNDECIDED = { side: "none", reason: "undecided" } as const;

/**
 * The side of one request (design §4). In this order: the kill switch, a signed override for this capability,
 * unknown intent (the monolith), the flag. `identity` is the identity's key (ASCII) or undefined.
 */
export function decide(
  capability: string,
  identity: string | undefined,
  intent: Intent | undefined,
  override: Override | undefined,
): Decision {
  if (intent?.kill === true) return { side: "monolith", reason: "kill" };
  if (override?.capability === capability) return { side: override.side, reason: "override" };
  if (intent === undefined) return { side: "monolith", reason: "flag-unknown" };
  if ("delegate" in intent) return delegated(identity, intent.delegate);
  const { percentage, compiled } = intent;
  if (percentage <= 0 || percentage >= SLOTS) {
    return { side: percentage >= SLOTS ? "extracted" : "monolith", reason: "everyone", percentage };
  }
  const slot = identity === undefined ? SLOTS : slotOf(compiled.groupId, identity);
  const reason = identity === undefined ? "no-identity" : "slot";
  return { side: slot <= percentage ? "extracted" : "monolith", reason, slot, percentage };
}

/** False when every identity would get the same answer, so that nobody need be identified. */
export function dependsOnIdentity(
  capability: string,
  intent: Intent | undefined,
  override: Override | undefined,
): boolean {
  if (intent === undefined || intent.kill || override?.capability === capability) return false;
  return "delegate" in intent || (intent.percentage > 0 && intent.percentage < SLOTS);
}

/** A flag library that throws must not take the request with it: the monolith can always answer. */
function delegated(
  userId: string | undefined,
  delegate: (context: { userId: string | undefined }) => boolean,
): Decision {
  try {
    return { side: delegate({ userId }) ? "extracted" : "monolith", reason: "flag-rule" };
  } catch {
    return { side: "monolith", reason: "flag-failed" };
  }
}

/** For `x-banyan-decision` and the decisions API: `side=extracted; reason=slot; slot=7; percentage=10`. */
export function decisionText(decision: Decision | typeof UNDECIDED): string {
  return Object.entries(decision)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

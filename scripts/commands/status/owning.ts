import { z } from "zod";
import type { BareContext } from "../context.ts";

const WITHIN_MS = 3_000;

/** What the controller's `/status` says, as far as it is shown here. */
const ControllerView = z.object({
  state: z.enum(["acting", "waiting", "away"]),
  halted: z.array(z.string()),
  unopened: z.array(z.string()),
  capabilities: z.array(
    z.object({
      capability: z.string(),
      /** Slots 1…`intent` should be the extracted side's; null while that is unknown. */
      intent: z.number().nullable(),
      unknown: z.object({ code: z.string(), why: z.string() }).optional(),
      owned: z.number(),
      inHand: z.number(),
      quarantined: z.number(),
      following: z.number(),
      lag: z.number(),
    }),
  ),
});
export type ControllerView = z.output<typeof ControllerView>;
export type Owning = ControllerView["capabilities"][number];

/** Undefined when the controller does not answer. */
export async function controllerView({
  addresses,
}: Pick<BareContext, "addresses">): Promise<ControllerView | undefined> {
  try {
    const response = await fetch(`${addresses.controller}/status`, {
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    return ControllerView.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

/** One line of who owns a capability's slots, and why intent is unknown. Slots are a hundred: their number is a percentage. */
export function owningWords(capability: string, view: ControllerView | undefined): string {
  if (view === undefined)
    return `${capability}: the controller does not answer; who owns what is not known, and nothing moves`;
  if (view.unopened.includes(capability)) return `${capability}: not opened yet in both databases`;
  const own = view.capabilities.find((one) => one.capability === capability);
  if (own === undefined) return `${capability}: the controller has not seen it yet (${STATES[view.state]})`;
  const { intent, unknown, owned, inHand, quarantined, lag } = own;
  const wanted = intent === null ? `unknown (${unknown?.code}: ${unknown?.why})` : `${intent} %`;
  const figures = `${capability}: intent ${wanted}, owned ${owned} %, ${inHand} in hand, ${quarantined} quarantined, lag ${lag}`;
  const troubles = [
    ...(view.halted.includes(capability) ? ["nothing is begun: one of its databases is away"] : []),
    ...(view.state === "acting" ? [] : [STATES[view.state]]),
  ];
  return [figures, ...troubles].join("; ");
}

/** Is there something in it that a person should look at? */
export function isTroubled(capability: string, view: ControllerView | undefined): boolean {
  const own = view?.capabilities.find((one) => one.capability === capability);
  if (view === undefined || own === undefined || own.intent === null) return true;
  return view.state !== "acting" || own.quarantined > 0 || view.halted.includes(capability);
}

/** Derived, never stored; the first that holds (design §3). */
export function stageOfOwned(
  percentage: number,
  own: Pick<Owning, "owned" | "following"> | undefined,
): "live" | "ramp" | "sync" | "off" {
  const owned = own?.owned ?? 0;
  if (percentage >= 100 && owned >= 100) return "live";
  if (percentage > 0 || owned > 0) return "ramp";
  return (own?.following ?? 0) > 0 ? "sync" : "off";
}

const STATES: Readonly<Record<ControllerView["state"], string>> = {
  acting: "it acts",
  waiting: "another controller has the lease",
  away: "its own database is away",
};

import type { ControllerStatus } from "./reconcile/controller.ts";
import type { CapabilityStatus } from "./reconcile/status.ts";

type Figure = readonly [name: string, help: string, of: (status: CapabilityStatus) => number | null];

const FIGURES: readonly Figure[] = [
  [
    "banyan_slots_intended",
    "Slots that the extracted side should own; absent while unknown.",
    (s) => s.intent,
  ],
  ["banyan_slots_owned", "Slots that the extracted side owns.", (s) => s.owned],
  ["banyan_slots_in_hand", "Slots without an owner at this moment.", (s) => s.inHand],
  ["banyan_slots_quarantined", "Slots whose copy is in quarantine.", (s) => s.quarantined],
  ["banyan_copies_following", "Slots whose copy is filled and follows.", (s) => s.following],
  ["banyan_copy_lag", "Changes that the copies have still to take.", (s) => s.lag],
];

/** What `/status` says, as Prometheus reads it (text format 0.0.4). */
export function metricsText({ state, halted, capabilities }: ControllerStatus): string {
  const acting = gauge("banyan_controller_acting", "1 while it has the lease.", [
    ["", state === "acting" ? 1 : 0],
  ]);
  const figures = FIGURES.map(([name, help, of]) =>
    gauge(
      name,
      help,
      capabilities.flatMap((status) => {
        const value = of(status);
        return value === null ? [] : [[labelOf(status.capability), value] as const];
      }),
    ),
  );
  const stopped = gauge(
    "banyan_controller_halted",
    "1 for a capability where nothing is begun.",
    capabilities.map(({ capability }) => [labelOf(capability), halted.includes(capability) ? 1 : 0] as const),
  );
  return [acting, ...figures, stopped].join("");
}

function gauge(
  name: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

/** Names of capabilities are lower case letters, digits and dashes: nothing in them is to be escaped. */
function labelOf(capability: string): string {
  return `{capability="${capability}"}`;
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { lastProvedRung } from "@banyan/evidence/ledger/queries.ts";
import type { FlagReading } from "@banyan/platform/flags/unleash-admin.ts";
import type { Lag } from "@banyan/platform/log/lag.ts";
import { readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import { flagOf, type Settings } from "@banyan/platform/settings/settings.ts";
import { catalogLag } from "../../capabilities/catalog.ts";
import { type ProxyView, proxyView } from "../../gate/arrival.ts";
import type { SeenFlag } from "../../gate/hand-made.ts";
import { bareAdminOf, intentOf, mustBeMovable } from "../../gate/standing.ts";
import type { BareContext } from "../context.ts";

/** Where one capability stands, as far as it can be known now. */
export interface CapabilityStatus extends SeenFlag {
  readonly flag: string;
  readonly reading: FlagReading | undefined;
  /** Why the flag could not be read. */
  readonly problem: string | undefined;
  readonly view: ProxyView | undefined;
  readonly lag: Lag | undefined;
  /** Do its writes have an owner by slot? */
  readonly owning: boolean;
}

/** Capability → flag: of `banyan.yaml`, or, while that has mistakes, as they were at `up`. */
export function flagsOf({ state }: BareContext, settings: Settings | undefined): [string, string][] {
  if (settings === undefined) return Object.entries(state.flags);
  return Object.entries(settings.capabilities).map(([name, its]) => [name, flagOf(name, its)]);
}

/** Never fails because a part is away: what can't be known is undefined. @throws BYN-EVIDENCE-020 (a broken ledger) */
export async function capabilityStatus(
  context: BareContext,
  settings: Settings | undefined,
  [capability, flag]: readonly [string, string],
): Promise<CapabilityStatus> {
  const owning = isOwning(context, settings, capability);
  const [ledger, read, view, lag] = await Promise.all([
    readLedger(context.places.ledger),
    // There is none before there are owners.
    owning && !context.state.owned ? NO_FLAG : readFlag(context, settings, flag),
    proxyView(context, capability),
    capability === "catalog" ? catalogLag(context.addresses).catch(() => undefined) : undefined,
  ]);
  const entries = requireWhole(ledger);
  const intent = intentOf(read.reading);
  const provedPercentage = lastProvedRung(entries, capability);
  const unproved = (intent?.percentage ?? 0) > provedPercentage;
  return { capability, flag, ...read, intent, entries, provedPercentage, unproved, view, lag, owning };
}

const NO_FLAG = { reading: undefined, problem: undefined };

/** By `banyan.yaml`, or, while that has mistakes, by what the controller stands for. */
function isOwning({ state }: BareContext, settings: Settings | undefined, capability: string): boolean {
  if (settings === undefined) return state.owning.includes(capability);
  return settings.capabilities[capability]?.writes === "owned";
}

async function readFlag(context: BareContext, settings: Settings | undefined, flag: string) {
  try {
    if (settings !== undefined) mustBeMovable(settings);
    const reading = await bareAdminOf(context).read(flag);
    const problem = reading === undefined ? `there is no flag ${flag}` : reading.unmovable;
    return { reading, problem };
  } catch (error) {
    if (!(error instanceof BanyanError)) throw error;
    return { reading: undefined, problem: `${error.code} ${error.entry.title}: ${error.detail}` };
  }
}

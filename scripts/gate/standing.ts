import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { type GateState, type Plan, planFor } from "@banyan/evidence/gate/plan.ts";
import { type Step, stepsOf } from "@banyan/evidence/gate/step.ts";
import { soundEntries } from "@banyan/evidence/ledger/sound.ts";
import { commitText } from "@banyan/evidence/ledger/step-key.ts";
import { verifyBundles } from "@banyan/evidence/ledger/verify-bundles.ts";
import {
  createUnleashAdmin,
  type FlagReading,
  type UnleashAdmin,
} from "@banyan/platform/flags/unleash-admin.ts";
import { readBundle } from "@banyan/platform/records/bundle-folder.ts";
import { readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import { flagOf, type Settings } from "@banyan/platform/settings/settings.ts";
import { type BareContext, capabilityOf, type StackContext } from "../commands/context.ts";
import { adminTokenOf } from "../parts/unleash.ts";
import { readCommit } from "./commit.ts";

/** Where one capability stands now: its steps, its flag, the ledger, the commit. */
export interface Standing {
  readonly capability: string;
  readonly flag: string;
  readonly steps: readonly Step[];
  readonly commit: Bundle["commit"];
  readonly state: GateState;
  readonly plan: Plan;
}

/** @throws BYN-FLAGS-006 when `banyan.yaml` has static flags: they can't be moved from here. */
export function unleashAdminOf(context: StackContext): UnleashAdmin {
  mustBeMovable(context.settings);
  return bareAdminOf(context);
}

/** @throws BYN-FLAGS-006 */
export function mustBeMovable({ flags }: Pick<Settings, "flags">): void {
  if (flags.source !== "unleash") {
    throw new BanyanError("BYN-FLAGS-006", "banyan.yaml says `flags: { source: static }`");
  }
}

/** The Unleash that `up` settled, whatever `banyan.yaml` says by now. */
export function bareAdminOf({ environment, install, addresses, state }: BareContext): UnleashAdmin {
  return createUnleashAdmin({
    url: addresses.unleash,
    token: environment.UNLEASH_ADMIN_TOKEN ?? adminTokenOf(install.unleash),
    environment: "development",
    timeoutMs: 10_000,
    stickiness: state.stickiness,
  });
}

/**
 * Reads ledger, flag and commit, and hashes again every bundle that the capability's steps rest on: evidence that is
 * missing or was edited proves nothing, and is told.
 * @throws BYN-CLI-006, BYN-EVIDENCE-020 (a broken ledger), BYN-FLAGS-…
 */
export async function standingOf(context: StackContext, capability: string): Promise<Standing> {
  const settings = capabilityOf(context, capability);
  const flag = flagOf(capability, settings);
  const [ledger, commit, reading] = await Promise.all([
    readLedger(context.places.ledger),
    readCommit(context.places.root),
    unleashAdminOf(context).read(flag),
  ]);
  const { ladder: rungs, requires, writes } = settings;
  const steps = stepsOf({ capability, rungs, requires, owned: writes === "owned" });
  const entries = requireWhole(ledger);
  const own = entries.filter((e) => e.kind === "evidence" && e.body.key?.capability === capability);
  const problems = await verifyBundles(own, (id) => readBundle(context.places.evidence, id));
  for (const { code, text } of problems) context.screen.warn(`${code} ${text} It proves nothing any more.`);
  const state: GateState = {
    entries: soundEntries(entries, problems),
    intent: intentOf(reading),
    configuration: context.configuration.hash,
    commit: commitText(commit),
  };
  return { capability, flag, steps, commit, state, plan: planFor(steps, state) };
}

/** A flag that slots can't say has no percentage that could be compared with a rung: unknown, not 0 %. */
export function intentOf(reading: FlagReading | undefined): GateState["intent"] {
  if (reading === undefined || reading.unmovable !== undefined) return undefined;
  return { percentage: reading.percentage, kill: reading.kill };
}

import { randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Bundle, EvidenceKind } from "@banyan/evidence/bundle/bundle.ts";
import { sealedConfiguration } from "@banyan/evidence/bundle/sealed-configuration.ts";
import type { Outcome } from "@banyan/evidence/duet/verdict.ts";
import type { StepState } from "@banyan/evidence/gate/plan.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { evidenceEntry } from "@banyan/evidence/ledger/evidence-entry.ts";
import { lastRealRollback, nextTry } from "@banyan/evidence/ledger/queries.ts";
import { openBundle, sweepIncomplete } from "@banyan/platform/records/bundle-folder.ts";
import { appendToLedger, readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import { capabilityOf, type StackContext, secretsOf } from "../commands/context.ts";
import { cacheFolder } from "../parts/cache.ts";
import { getK6, type K6 } from "../parts/k6.ts";
import { k6Release } from "../parts/k6-release.ts";
import { adoptSealed } from "./adopt.ts";
import { gatherData } from "./data.ts";
import type { Gathered, LoadExpectation } from "./gathered.ts";
import { gatherLoad } from "./load.ts";
import { readMachine } from "./machine.ts";
import { gatherParity } from "./parity.ts";
import { type Standing, standingOf } from "./standing.ts";
import { takeStepLock } from "./step-lock.ts";

export interface ProveOptions {
  /** Written before the measurement, compared after it, shown in the report. */
  readonly expectations: readonly LoadExpectation[];
}

export interface Proved {
  readonly step: StepState;
  readonly evidence: readonly {
    readonly kind: EvidenceKind;
    readonly verdict: Outcome;
    readonly bundle: Bundle;
  }[];
  /** The worst of them: `fail` over `inconclusive` over `pass`. */
  readonly verdict: Outcome;
}

/** Cheap evidence first: what fails in seconds need not wait for a load run. */
const ORDER: readonly EvidenceKind[] = ["data", "parity", "load"];

/**
 * Takes the evidence that the next step still lacks, one bundle each, sealed and written into the ledger. Stops at the
 * first that is no pass. Interrupted, the kind under way leaves nothing: no bundle, no entry, the flag where it was.
 * @throws BYN-CLI-004 (another step runs), -008, -009, -010, -013
 */
export async function prove(
  context: StackContext,
  capability: string,
  options: ProveOptions,
): Promise<Proved> {
  await using _lock = await takeStepLock(context, `banyan prove ${capability}`);
  const { places, screen } = context;
  await sweepIncomplete(places.evidence);
  await adoptSealed(context);
  const standing = await standingOf(context, capability);
  const step = nextStepOf(standing);
  const lacking = ORDER.filter((kind) => step.evidence.some((e) => e.kind === kind && e.state !== "passed"));
  for (const kind of lacking) mustBeOpen(standing, step, kind);
  const evidence: Proved["evidence"][number][] = [];
  for (const kind of lacking) {
    screen.say(`taking ${kind} evidence for ${stepTitle(step.step)} …`);
    const bundle = await take(context, standing, step, kind, options);
    evidence.push({ kind, verdict: bundle.verdict, bundle });
    if (bundle.verdict !== "pass") break;
  }
  return { step, evidence, verdict: evidence.at(-1)?.verdict ?? "pass" };
}

/** @throws BYN-CLI-008 when the flag stands above what was proved. */
export function mustBeProved({ plan, state, flag }: Pick<Standing, "plan" | "state" | "flag">): void {
  if (!plan.unproved) return;
  const words = `${flag} stands at ${state.intent?.percentage} %, but only ${plan.provedPercentage} % is proved`;
  throw new BanyanError("BYN-CLI-008", words);
}

/** @throws BYN-CLI-008 when the flag was moved up by hand, -009 when nothing is left or intent is unknown. */
export function nextStepOf(standing: Standing): StepState {
  const { plan, state, flag } = standing;
  if (state.intent === undefined) {
    throw new BanyanError("BYN-CLI-009", `the flag ${flag} is missing, or is one that slots can't say`);
  }
  if (state.intent.kill) {
    throw new BanyanError(
      "BYN-CLI-009",
      `the kill switch of ${flag} is on: every answer would come from the monolith`,
    );
  }
  mustBeProved(standing);
  if (plan.next === undefined) throw new BanyanError("BYN-CLI-009", "every step of the ladder is taken");
  return plan.next;
}

function mustBeOpen(standing: Standing, step: StepState, kind: EvidenceKind): void {
  const may = nextTry(standing.state.entries, step.key, kind);
  if (may.may || may.because === "passed") return;
  const title = `${kind} evidence for ${stepTitle(step.step)}`;
  if (may.because === "failed") {
    throw new BanyanError("BYN-CLI-013", `${title} failed at this commit and configuration, and that stands`);
  }
  throw new BanyanError("BYN-CLI-010", `${title} was inconclusive three times`);
}

async function take(
  context: StackContext,
  standing: Standing,
  step: StepState,
  kind: EvidenceKind,
  options: ProveOptions,
): Promise<Bundle> {
  const { places, install, configuration, state: stack } = context;
  const attempt = nextTry(standing.state.entries, step.key, kind);
  if (!attempt.may) throw new BanyanError("BYN-CLI-010", `${kind} evidence of ${stepTitle(step.step)}`);
  const secrets = secretsOf(install);
  const k6 = kind === "load" ? await k6Of(context) : null;
  const startedAt = new Date().toISOString();
  const open = await openBundle(places.evidence, { nowMs: Date.now(), random: randomBytes(16), secrets });
  let gathered: Gathered;
  try {
    gathered = await gather(context, standing, step, kind, options, k6, open.folder);
    context.signal.throwIfAborted();
    await mustStillStand(context, standing);
  } catch (error) {
    await open.discard();
    throw error;
  }
  const sealed = await open.seal({
    kind,
    step: { capability: step.step.capability, name: step.step.name, percentage: step.step.percentage },
    attempt: attempt.attempt,
    commit: standing.commit,
    configuration: sealedConfiguration(configuration.text, secrets),
    flags: {
      source: "unleash",
      values: { [standing.flag]: standing.state.intent ?? null, plant: stack.plant },
    },
    machine: readMachine(k6?.version ?? null),
    ...gathered,
    startedAt,
    endedAt: new Date().toISOString(),
  });
  await appendToLedger(places.ledger, evidenceEntry(sealed.bundle, new Date().toISOString()));
  return sealed.bundle;
}

/** A rollback waits for nobody, so it may have come while this was measured: then it counts no more (BYN-CLI-040). */
async function mustStillStand({ places }: StackContext, { capability, state }: Standing): Promise<void> {
  const now = requireWhole(await readLedger(places.ledger));
  if (lastRealRollback(now, capability) === lastRealRollback(state.entries, capability)) return;
  throw new BanyanError("BYN-CLI-040", `${capability} was rolled back while this was measured`);
}

function gather(
  context: StackContext,
  standing: Standing,
  { step }: StepState,
  kind: EvidenceKind,
  options: ProveOptions,
  k6: K6 | null,
  folder: string,
): Promise<Gathered> {
  const settings = capabilityOf(context, step.capability);
  const seed = randomInt(2 ** 31);
  if (kind === "data") return gatherData(context, step, folder);
  if (kind === "parity") return gatherParity(context, { step, settings, folder, seed });
  if (k6 === null) throw new Error(`no way to gather ${kind} evidence`);
  const { flag } = standing;
  return gatherLoad(context, {
    step,
    flag,
    settings,
    k6Path: k6.path,
    folder,
    seed,
    expectations: options.expectations,
  });
}

/** @throws BYN-PARTS-011 when there is no k6 to be had. */
export function k6Of({
  places,
  environment,
  screen,
  signal,
}: Pick<StackContext, "places" | "environment" | "screen" | "signal">): Promise<K6> {
  return getK6({
    cacheFolder: cacheFolder(environment),
    moduleFolder: join(places.root, "tools", "k6"),
    release: k6Release(process.platform, process.arch),
    env: environment,
    say: screen.say,
    signal,
  });
}

import { HEADERS, type Side } from "@banyan/contracts/http/headers.ts";
import { signOverride } from "@banyan/contracts/http/override.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { runDigestOf } from "@banyan/evidence/bundle/run-digest.ts";
import {
  FACADE_MARGINS,
  type Margins,
  type Protocol,
  QUICK,
  RELATIVE_MARGINS,
} from "@banyan/evidence/duet/protocol.ts";
import { type Step, stepTitle } from "@banyan/evidence/gate/step.ts";
import { runDuet } from "@banyan/loadtests/runner/duet.ts";
import type { ArmOptions, BackgroundOptions, DuetOptions } from "@banyan/loadtests/runner/options.ts";
import { acquireLock } from "@banyan/platform/records/file-lock.ts";
import type { CapabilitySettings } from "@banyan/platform/settings/settings.ts";
import type { StackContext } from "../commands/context.ts";
import { demoCustomers } from "../lesson/demo-customers.ts";
import { loadLockPath } from "../stack/layout.ts";
import { listProcesses } from "../stack/process.ts";
import type { ProcessIdentity } from "../stack/process-identity.ts";
import type { Screen } from "../terminal/screen.ts";
import { corpusOf, isDemoCatalog } from "./capability-parts.ts";
import { comparedWith, type Gathered, type LoadExpectation } from "./gathered.ts";
import { showRun } from "./run-progress.ts";
import { readServed, servedBetween } from "./served.ts";
import { sidedRoutes } from "./sided-routes.ts";
import { warmUp } from "./warm-up.ts";

export interface LoadOptions {
  readonly step: Step;
  readonly flag: string;
  readonly settings: CapabilitySettings;
  readonly k6Path: string;
  /** The open bundle's folder. */
  readonly folder: string;
  readonly seed: number;
  readonly expectations: readonly LoadExpectation[];
}

/** Of both arms together: on two cores, with the background, what leaves the monolith some air when it is alone. */
const DUET_PER_SECOND = 160;
/**
 * In a façade step all of it falls on the monolith, half of it through two hops. Fewer than 105 a second could never
 * pass at the first look: with so few requests even no error at all says too little about a quarter of a point.
 */
const FACADE_PER_SECOND = 120;
/** Beside them. */
const BACKGROUND_PER_SECOND = 20;
/** Of the demo's journeys, for each request; with it the background asks for at most 100 a second at any time. */
const THINK_MS = 700;
/** Sessions that journeys take by turns: one is over long before its customer comes again. */
const JOURNEY_CUSTOMERS = 40;
/** Customers of the background load: enough that each slot has its share. */
const BACKGROUND_USERS = 400;
/** A run takes two minutes and a half; the wait for the machine's load lock comes before. */
const OVERRIDE_TTL_S = 3_600;

/**
 * Load evidence of a step. A façade step compares direct with proxied; a rung compares the two sides through the
 * proxy, with background load that goes where the proposed percentage would send it (design §7).
 */
export async function gatherLoad(context: StackContext, options: LoadOptions): Promise<Gathered> {
  const { screen, signal } = context;
  const { step, settings, k6Path, folder, seed } = options;
  const arms = armsOf(context, step);
  const protocol: Protocol = { ...QUICK, margins: marginsOf(step, settings) };
  const background = step.name === "ramp" ? { background: backgroundOf(context, options) } : {};
  const corpus = corpusOf(context.places.root, step.capability, settings, seed);
  const duet: DuetOptions = {
    a: arms.a.options,
    b: arms.b.options,
    corpus,
    ignores: [],
    ratePerSecond: step.name === "facade" ? FACADE_PER_SECOND : DUET_PER_SECOND,
    ...background,
    protocol,
    seed,
    allowedHosts: [],
    signal,
    onProgress: showRun(screen),
  };
  const lock = loadLock(screen, `measuring ${stepTitle(step)}`);
  const takeLoadLock = async (wanted: AbortSignal | undefined) => {
    const held = await lock(wanted);
    try {
      await context.warmArms.once(arms.b.options, await runningOf(context), () =>
        warmUp(arms.b.options, corpus, signal),
      );
      return held;
    } catch (error) {
      await held.release();
      throw error;
    }
  };
  const before = await readServed(context, step.capability);
  const result = await runDuet(duet, { k6Path, folder, takeLoadLock });
  const served = servedBetween(before, await readServed(context, step.capability));
  const { verdict, observation } = result;
  const endMs = observation.plan.warmUpMs + verdict.measuredMs;
  const load = {
    protocol,
    plan: observation.plan,
    arms: { a: arms.a.name, b: arms.b.name },
    verdict,
    digest: runDigestOf(observation, endMs),
  };
  const { sent, wrong, refused, served: sides } = result.background;
  return {
    verdict: verdict.verdict,
    reasons: verdict.reasons,
    expected: comparedWith(options.expectations, load),
    figures: [
      { name: "requests in the corpus", value: String(result.corpus.requests.length), ok: null },
      { name: "left out of it as noise", value: String(result.corpus.leftOut.length), ok: null },
      { name: SERVED.monolith, value: String(served?.monolith ?? "unknown"), ok: null },
      { name: SERVED.extracted, value: String(served?.extracted ?? "unknown"), ok: null },
      { name: "background requests", value: String(sent), ok: null },
      { name: "background answered wrongly", value: String(wrong), ok: wrong === 0 },
      { name: "background refused (sold out)", value: String(refused), ok: null },
      {
        name: SERVED.customers,
        value: `${sides.monolith ?? 0} / ${sides.extracted ?? 0}`,
        ok: null,
      },
    ],
    load,
  };
}

/** Names of figures that the closing table reads again. */
export const SERVED = {
  monolith: "served by the monolith",
  extracted: "served by the extracted side",
  customers: "background routed to monolith / extracted",
} as const;

interface NamedArm {
  readonly name: string;
  readonly options: ArmOptions;
}

function armsOf(context: StackContext, step: Step): { readonly a: NamedArm; readonly b: NamedArm } {
  const { addresses } = context;
  const through = (side: Side): ArmOptions => ({
    url: addresses.proxy,
    headers: overrideHeaders(context, step.capability, side),
    expectedSide: side,
  });
  if (step.name === "facade") {
    return {
      a: { name: "direct", options: { url: addresses.monolith, headers: {} } },
      b: { name: "through the proxy", options: through("monolith") },
    };
  }
  return {
    a: { name: "monolith", options: through("monolith") },
    b: { name: "extracted", options: through("extracted") },
  };
}

/** Sends a request to one side, whatever the flag says; the token is short-lived and stands in no bundle. */
export function overrideHeaders(
  { install }: StackContext,
  capability: string,
  side: Side,
): Record<string, string> {
  const expiresAtS = Math.floor(Date.now() / 1000) + OVERRIDE_TTL_S;
  return { [HEADERS.override]: signOverride({ capability, side, expiresAtS }, install.overrideKey) };
}

/**
 * Each customer goes where the flag would send them once it says the proposed percentage. In the demo shop they walk
 * through the whole shop; elsewhere nobody knows its other routes, and they ask for what the arms ask for.
 */
function backgroundOf(context: StackContext, { step, flag, settings }: LoadOptions): BackgroundOptions {
  const headers = {
    monolith: overrideHeaders(context, step.capability, "monolith"),
    extracted: overrideHeaders(context, step.capability, "extracted"),
  };
  const counts = { monolith: 0, extracted: 0 };
  for (let n = 0; n < BACKGROUND_USERS; n++) {
    // Spread over the slots evenly enough: the hash is uniform and the names are fixed.
    counts[slotOf(flag, `background-${n}`) <= step.percentage ? "extracted" : "monolith"] += 1;
  }
  const users = (["monolith", "extracted"] as const)
    .filter((side) => counts[side] > 0)
    .map((side) => ({ headers: headers[side], weight: counts[side], expectedSide: side }));
  const journey = isDemoCatalog(step.capability, settings)
    ? {
        accounts: demoCustomers(JOURNEY_CUSTOMERS),
        thinkMs: THINK_MS,
        sidedRoutes: sidedRoutes(settings.routes),
      }
    : undefined;
  return {
    url: context.addresses.proxy,
    ratePerSecond: BACKGROUND_PER_SECOND,
    users,
    ...(journey === undefined ? {} : { journey }),
  };
}

function marginsOf(step: Step, { margins }: CapabilitySettings): Margins {
  const errorsShare = margins.errorsShare ?? RELATIVE_MARGINS.errorsShare;
  if (step.name === "facade") return { ...FACADE_MARGINS, errorsShare };
  const latency = {
    ...RELATIVE_MARGINS.latency,
    ...(margins.p50Ratio === undefined ? {} : { p50: margins.p50Ratio }),
    ...(margins.p95Ratio === undefined ? {} : { p95: margins.p95Ratio }),
  };
  return { ...RELATIVE_MARGINS, latency, errorsShare };
}

async function runningOf({ places }: StackContext): Promise<ProcessIdentity[]> {
  return (await listProcesses(places.home)).filter(({ running }) => running);
}

/** Measured load takes turns on a machine; who waits is told for whom. */
export function loadLock(screen: Screen, purpose: string) {
  return (signal: AbortSignal | undefined) =>
    acquireLock(loadLockPath(), {
      purpose,
      onWait: (holder) => screen.warn(`waiting for process ${holder.pid}, which is ${holder.purpose}`),
      ...(signal === undefined ? {} : { signal }),
    });
}

/*
 * The capacity of a shop, read off a ramp: the offered load rises in steps, whether or not answers keep up.
 */

/** One step of the ramp, as it was measured. */
export interface RampStep {
  /** In the mean of all journeys; those that fell into this step may be longer or shorter. */
  readonly targetPerSecond: number;
  readonly durationMs: number;
  /** Requests of the journeys that were due in this step, and those that were answered in it. */
  readonly due: number;
  readonly answered: number;
  /** Null when nothing was answered. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly wrong: number;
  /** Journeys that nobody was free for. */
  readonly dropped: number;
  /** How late the generator itself was (p99); null when it could not tell. */
  readonly latenessP99Ms: number | null;
  /** Cores in use in the mean; null where the system does not tell. */
  readonly generatorCores: number | null;
  readonly shopCores: number | null;
  /** Of all cores, 0…1. */
  readonly machineRatio: number | null;
}

export const LIMITS = ["shop", "generator", "machine", "neighbours", "unknown"] as const;
export type Limit = (typeof LIMITS)[number];

/** A limit in words for people, doubts included; report and terminal say the same. */
export const LIMIT_WORDS: Record<Limit, string> = {
  shop: "The shop's one thread was full: the shop was the limit.",
  machine:
    "The machine's cores were at work, but the shop's own thread was not full: database and generator share them, so the shop alone might do more.",
  generator: "The generator was late itself: the generator, not the shop, was the limit.",
  neighbours:
    "The machine was busy for somebody else before the ramp began: this says little about the shop.",
  unknown: "Neither the shop's thread nor the machine was full: something was waited for.",
};

export interface Capacity {
  /** The highest offered load that was kept up with; null when the first step was too much. */
  readonly keptUpPerSecond: number | null;
  /** The offered load at which answers fell behind or p95 doubled; null when the ramp ended before. */
  readonly kneePerSecond: number | null;
  readonly because: string;
  /** What was at its end at the knee; null when there was none. */
  readonly limit: Limit | null;
}

/** p95 at so many times that of the unhurried shop is a knee, … */
const P95_GROWTH = 2;
/** … and so are answers missing of this share of what was due, … */
const MISSING_SHARE = 0.1;
/** … if they are more than some journeys' that only began a moment later. */
const MISSING_LEAST = 40;
/** Steps at the ramp's foot whose median p95 is the unhurried shop's. */
const FOOT_STEPS = 3;
/** k6 is a broken instrument beyond this (evidence.md). */
const LATENESS_MS = 20;
/** A Node process has one thread for its JavaScript: so much of a core is all of it. */
const FULL_CORE = 0.85;
/** On two cores waiting grows steeply from here (M/M/c, Kleinrock, Queueing Systems I §3.5): no core need be full. */
const FULL_MACHINE = 0.8;
/** A machine that is so busy at the ramp's foot works for somebody else. */
const BUSY_AT_FOOT = 0.5;

/**
 * The knee is the first step at which p95 is twice the unhurried one or answers fall behind, and the next step, where
 * there is one, says so too: one step alone may be a neighbour on the machine.
 */
export function capacityOf(steps: readonly RampStep[]): Capacity {
  const at = kneeOf(steps);
  const kneeStep = at === undefined ? undefined : steps[at];
  if (at === undefined || kneeStep === undefined) {
    const last = steps.at(-1)?.targetPerSecond ?? null;
    return {
      keptUpPerSecond: last,
      kneePerSecond: null,
      because: "answers kept up to the end of the ramp",
      limit: null,
    };
  }
  return {
    keptUpPerSecond: steps[at - 1]?.targetPerSecond ?? null,
    kneePerSecond: kneeStep.targetPerSecond,
    because: troubleOf(kneeStep, footP95(steps)) ?? "",
    limit: limitOf(kneeStep, steps[0]),
  };
}

/** True once the knee has been seen twice in a row: more load shows nothing more. */
export function isPastKnee(steps: readonly RampStep[]): boolean {
  const at = kneeOf(steps);
  return at !== undefined && steps.length >= at + 2;
}

function kneeOf(steps: readonly RampStep[]): number | undefined {
  const foot = footP95(steps);
  const troubled = steps.map((step) => troubleOf(step, foot) !== undefined);
  const at = troubled.findIndex((is, n) => is && (troubled[n + 1] ?? true));
  return at < 0 ? undefined : at;
}

function footP95(steps: readonly RampStep[]): number {
  const foot = steps
    .slice(0, FOOT_STEPS)
    .flatMap(({ p95Ms }) => p95Ms ?? [])
    .sort((a, b) => a - b);
  return foot[(foot.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
}

function troubleOf(step: RampStep, footP95Ms: number): string | undefined {
  if (step.dropped > 0)
    return `${step.dropped} ${step.dropped === 1 ? "journey" : "journeys"} found nobody free to walk`;
  if (step.due - step.answered > Math.max(MISSING_LEAST, MISSING_SHARE * step.due)) {
    const share = Math.round((100 * step.answered) / step.due);
    return `only ${share} % of what was due was answered in time`;
  }
  if (step.p95Ms !== null && step.p95Ms >= P95_GROWTH * footP95Ms) {
    return `p95 was ${step.p95Ms.toFixed(0)} ms, ${(step.p95Ms / footP95Ms).toFixed(1)} times that at the ramp's foot`;
  }
  return undefined;
}

/** A shop whose thread is full is the limit, whoever else is late because of it. */
function limitOf({ shopCores, latenessP99Ms, machineRatio }: RampStep, foot: RampStep | undefined): Limit {
  if (shopCores !== null && shopCores >= FULL_CORE) return "shop";
  if ((foot?.machineRatio ?? 0) >= BUSY_AT_FOOT) return "neighbours";
  if (machineRatio !== null && machineRatio >= FULL_MACHINE) return "machine";
  if (latenessP99Ms !== null && latenessP99Ms > LATENESS_MS) return "generator";
  return "unknown";
}

import { planBlocks } from "./blocks.ts";
import type { Bystander, Disturbance } from "./effect.ts";
import type { RampStep } from "./knee.ts";
import { PAIN_KINDS, type PainsSamples, PRODUCT, SEARCH } from "./samples.ts";

const HELD_MS = { invoices: 150, reports: 60, checkouts: 20 } as const;

/** A shop whose invoices hold everyone up for 150 ms, whose mail is half of a checkout, and whose knee is at 200/s. */
export function examplePainsSamples(): PainsSamples {
  const blocks = planBlocks({ kinds: PAIN_KINDS, rounds: 5, blockMs: 2_000, fromMs: 4_000 });
  const disturbances: Disturbance[] = blocks.flatMap(({ kind, startMs }) =>
    kind === "quiet"
      ? []
      : [0, 1_000].map((ms) => ({ kind, startMs: startMs + ms, endMs: startMs + ms + HELD_MS[kind] })),
  );
  const requests = (everyMs: number, route: (n: number) => string, baseMs: (n: number) => number) => {
    const made: Bystander[] = [];
    for (let n = 0; n * everyMs < (blocks.at(-1)?.endMs ?? 0); n++) {
      const startMs = n * everyMs;
      const held = disturbances.find((of) => startMs >= of.startMs && startMs < of.endMs);
      made.push({
        startMs,
        latencyMs: baseMs(n) + (held === undefined ? 0 : held.endMs - startMs),
        route: route(n),
      });
    }
    return made;
  };
  const route = (n: number) => (n % 5 === 0 ? SEARCH : n % 2 === 0 ? PRODUCT : "GET /api/products");
  return {
    blocks,
    everyone: requests(20, route, (n) => (n % 5 === 0 ? 20 : 5) + (n % 3)),
    probes: requests(
      50,
      (n) => (n % 2 === 0 ? "livez" : "readyz"),
      () => 1,
    ),
    disturbances,
    checkouts: Array.from({ length: 10 }, (_, n) => ({
      totalMs: 40 + n,
      parts: { stock: 3, charge: 10, mail: 20 + n / 2, commit: 1 },
    })),
    wrong: {},
    refused: 0,
    ramp: [20, 60, 100, 140, 170, 200, 240].map(exampleStep),
  };
}

function exampleStep(targetPerSecond: number): RampStep {
  const slow = targetPerSecond >= 200;
  return {
    targetPerSecond,
    durationMs: 3_000,
    due: targetPerSecond * 3,
    answered: targetPerSecond * (slow ? 2.5 : 3),
    p50Ms: 5,
    p95Ms: slow ? 120 : 25,
    p99Ms: slow ? 300 : 40,
    wrong: 0,
    dropped: 0,
    latenessP99Ms: 3,
    generatorCores: 0.2,
    shopCores: Math.min(1, targetPerSecond / 200),
    machineRatio: 0.4,
  };
}

import { blockAt, phaseOf } from "../duet/blocks.ts";
import { judge, lookNeeded } from "../duet/judge.ts";
import type { Arm, Observation, Sample } from "../duet/observation.ts";
import { type Protocol, planOf, QUICK } from "../duet/protocol.ts";
import type { Bundle, BundleDraft } from "./bundle.ts";
import { BUNDLE_FORMAT, BUNDLE_VERSION } from "./bundle.ts";
import { evidenceId } from "./evidence-id.ts";
import { runDigestOf } from "./run-digest.ts";
import { sha256 } from "./sha256.ts";

/** An imagined run for tests and for trying the report: nothing in it was measured. */
export interface ExampleRun {
  readonly seed?: number;
  readonly ratePerSecond?: number;
  /** Median latency of arm a, and how b compares. */
  readonly aMs?: number;
  readonly ratio?: number;
  /** b's slow tenth takes so many times longer on top. */
  readonly slowTail?: number;
  readonly errorsB?: number;
  readonly latenessMs?: number;
  readonly protocol?: Protocol;
}

const ROUTES = ["GET /api/products", "GET /api/products/:id", "GET /api/categories", "GET /api/search"];

export function exampleObservation(run: ExampleRun = {}): Observation {
  const { seed = 1, ratePerSecond = 200, aMs = 6, ratio = 0.72, slowTail = 1 } = run;
  const { errorsB = 0, latenessMs = 1, protocol = QUICK } = run;
  const random = generator(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const plan = planOf(protocol, ratePerSecond);
  const samples: Sample[] = [];
  let weather = 0;
  for (let i = 0; i < (plan.endMs / 1_000) * ratePerSecond; i++) {
    const startMs = (i / ratePerSecond) * 1_000;
    if (i % ratePerSecond === 0) weather = 0.8 * weather + 0.05 * normal();
    const phase = phaseOf(blockAt(startMs, plan), plan);
    const arm: Arm = phase === "solo" || (i % 2 === 0) === i % 4 < 2 ? "a" : "b";
    const tail = random() < 0.1 ? (arm === "b" ? 2.2 * slowTail : 2.2) : 1;
    const latencyMs = aMs * (arm === "b" ? ratio : 1) * tail * Math.exp(weather + 0.35 * normal());
    const ok = random() >= (arm === "b" ? errorsB : 0);
    const route = ROUTES[Math.floor(random() ** 2 * ROUTES.length)] ?? "";
    const side = arm === "a" ? "monolith" : "extracted";
    samples.push({ arm, phase, startMs, latencyMs, latenessMs: random() * latenessMs, route, ok, side });
  }
  return { plan, samples, droppedIterations: 0, expectedSide: { a: "monolith", b: "extracted" } };
}

export function exampleLoad(run: ExampleRun = {}): NonNullable<Bundle["load"]> {
  const protocol = run.protocol ?? QUICK;
  const observation = exampleObservation(run);
  let verdict = judge(observation, protocol, 1);
  for (let look = lookNeeded(verdict, protocol); look !== undefined; look = lookNeeded(verdict, protocol)) {
    verdict = judge(observation, protocol, look);
  }
  const endMs = observation.plan.warmUpMs + verdict.measuredMs;
  const arms = { a: "monolith", b: "extracted" };
  return { protocol, plan: observation.plan, arms, verdict, digest: runDigestOf(observation, endMs) };
}

const CONFIGURATION = `listen: 127.0.0.1:8080
upstreams:
  monolith: { url: http://127.0.0.1:3000 }
  catalog: { url: http://127.0.0.1:3001 }
flags: { source: unleash, url: http://127.0.0.1:4242, token: \${UNLEASH_TOKEN} }
capabilities:
  catalog:
    upstream: catalog
    routes: [ GET /api/products, 'GET /api/products/:id' ]
    ladder: [ 1, 10, 50, 100 ]
`;

/** The draft of a bundle for the rung at `percentage`. */
export function exampleDraft(percentage: number, run: ExampleRun = {}, attempt: 1 | 2 | 3 = 1): BundleDraft {
  const load = exampleLoad(run);
  const startedAtMs = Date.UTC(2026, 10, 22, 16, 0) + percentage * 60_000 + attempt * 200_000;
  const p50 = load.verdict.measures.find((measure) => measure.metric === "p50")?.estimate ?? null;
  return {
    kind: "load",
    step: { capability: "catalog", name: "ramp", percentage },
    attempt,
    commit: { id: "5b3f9d2c7a1e4f6089b2c3d4e5f60718293a4b5c", dirty: null },
    configuration: { hash: sha256(CONFIGURATION), text: CONFIGURATION },
    flags: { source: "unleash", values: { catalog: { enabled: true, percentage }, "catalog.kill": false } },
    machine: {
      cpuModel: "Example CPU @ 2.50GHz",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      kernel: "Linux 6.1.0",
      node: "v24.21.0",
      k6: "v2.2.0",
    },
    verdict: load.verdict.verdict,
    reasons: load.verdict.reasons,
    expected: [
      {
        what: "p50 of extracted over monolith",
        expected: "0.80 or less: prepared queries and a bounded cache",
        measured: p50 === null ? null : p50.toFixed(2),
        asExpected: p50 === null || load.verdict.verdict === "inconclusive" ? null : p50 <= 0.8,
      },
    ],
    figures: [],
    load,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(startedAtMs + load.plan.warmUpMs + load.verdict.measuredMs).toISOString(),
  };
}

/** A sealed bundle, as read back from a folder. */
export function exampleBundle(draft: BundleDraft = exampleDraft(10)): Bundle {
  const nowMs = Date.parse(draft.startedAt);
  const seed = sha256(JSON.stringify(draft));
  const files = [{ name: "samples.csv.gz", bytes: 612_345, sha256: sha256("samples") }];
  const id = evidenceId(nowMs, Buffer.from(seed, "hex"));
  return { ...draft, format: BUNDLE_FORMAT, version: BUNDLE_VERSION, id, files };
}

/** mulberry32: a small seeded generator, uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

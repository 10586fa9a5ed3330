import { Random } from "@banyan/evidence/simulate/random.ts";
import { quantileOfSorted, sorted } from "@banyan/evidence/statistics/quantile.ts";
import { WRITTEN_CHANNEL } from "@banyan/platform/handover/outbox/wake.ts";
import { listenTo } from "@banyan/platform/log/listener.ts";
import type { Pool } from "pg";
import { shuffled } from "../order.ts";
import { cpuSeconds } from "./cpu.ts";
import type { HandoverIo, HandoverPlan } from "./handover-bench.ts";
import { ARM_WORDS, ARMS, type Arm, INSERTS, LOAD_WORDS, LOADS, type Load, WRITERS } from "./loads.ts";
import type { WriteReading } from "./results.ts";
import { openSides, type Server, type Sides } from "./sides.ts";
import { writeNotes } from "./write.ts";

/**
 * What the guard costs a write. Every load goes to every arm in each round, in an order shuffled anew. Nobody takes the
 * outbox away meanwhile; as in life two connections LISTEN to it, the relay's and the reader's.
 */
export async function benchWrites(plan: HandoverPlan, io: HandoverIo): Promise<readonly WriteReading[]> {
  const opened = await openSides(io.server, WRITERS.spread.length);
  const listeners = [listen(opened), listen(opened)];
  try {
    const { web } = opened.sides.monolith;
    const readings: WriteReading[] = [];
    const turns = plan.rounds * LOADS.length * ARMS.length;
    for (let round = 0; round <= plan.rounds; round++) {
      const random = new Random(`${plan.seed} writes ${round}`);
      for (const load of shuffled(LOADS, random)) {
        for (const arm of shuffled(ARMS, random)) {
          io.progress(`round ${round}: ${LOAD_WORDS[load]}, ${ARM_WORDS[arm]}`, readings.length / turns);
          await writeFor(web, arm, load, plan.warmUpMs, io.signal);
          if (round === 0) continue; // code that has not run often is not what people run
          readings.push({ round, ...(await measured(web, io.server, arm, load, plan.writeMs, io.signal)) });
        }
      }
    }
    return readings;
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
    await opened.close();
  }
}

function listen({ sides, log }: Sides) {
  return listenTo({
    url: sides.monolith.url,
    channel: WRITTEN_CHANNEL,
    name: "bench listener",
    log,
    random: Math.random,
    onNotification: () => {},
  });
}

async function measured(
  pool: Pool,
  { pid }: Server,
  arm: Arm,
  load: Load,
  durationMs: number,
  signal: AbortSignal,
): Promise<Omit<WriteReading, "round">> {
  const cpuBefore = cpuSeconds(pid);
  const startedMs = performance.now();
  const latencies = sorted(await writeFor(pool, arm, load, durationMs, signal));
  const tookS = (performance.now() - startedMs) / 1_000;
  const cpuS = cpuSeconds(pid) - cpuBefore;
  const values = {
    writesPerSecond: latencies.length / tookS,
    p50Ms: quantileOfSorted(latencies, 0.5),
    cpuUs: (cpuS * 1e6) / latencies.length,
  };
  return { arm, load, values };
}

/** All writers of the load, each with one write under way; answers how long each write took. */
async function writeFor(
  pool: Pool,
  arm: Arm,
  load: Load,
  durationMs: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  const endMs = performance.now() + durationMs;
  const writers = WRITERS[load].map(async (slot) => {
    for (let nowMs = performance.now(); nowMs < endMs; ) {
      signal.throwIfAborted();
      await writeNotes(pool, arm, slot, INSERTS[load]);
      const doneMs = performance.now();
      latencies.push(doneMs - nowMs);
      nowMs = doneMs;
    }
  });
  await Promise.all(writers);
  return latencies;
}

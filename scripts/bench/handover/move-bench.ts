import { randomUUID } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Random } from "@banyan/evidence/simulate/random.ts";
import { quantileOfSorted, sorted } from "@banyan/evidence/statistics/quantile.ts";
import { createEmbeddedLog } from "@banyan/platform/handover/event-log/embedded-log.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { startWorker } from "@banyan/platform/handover/worker.ts";
import { waitFor } from "../../stack/condition.ts";
import { shuffled } from "../order.ts";
import { Customer } from "./customer.ts";
import type { HandoverIo, HandoverPlan } from "./handover-bench.ts";
import { ledger } from "./ledger.ts";
import { WRITERS } from "./loads.ts";
import { move } from "./move.ts";
import { AT_ONCE, type MoveReading } from "./results.ts";
import { openSides, type Sides } from "./sides.ts";

const ACT = { token: 1, sleep: async () => {} };
/** As in the stack, where they stay at least this long. */
const RETAIN_MS = 60_000;
const EQUAL_WITHIN_MS = 20_000;

/**
 * How quickly slots change hands, and what their writers see of it: customers write to eight slots all the time, both
 * sides' workers carry what they write, and one slot or eight are handed over, back and forth.
 * @throws BYN-CLI-018 when a write was lost or doubled, or the sides differ at the end
 */
export async function benchMoves(plan: HandoverPlan, io: HandoverIo): Promise<readonly MoveReading[]> {
  const opened = await openSides(io.server, WRITERS.spread.length);
  const workers: (() => Promise<void>)[] = [];
  try {
    for (const side of SIDES) workers.push(await startSide(opened, side));
    const owner = { pool: opened.sides.monolith.controller, capability: ledger };
    const copy = { pool: opened.sides.extracted.controller, capability: ledger };
    await fillSlots({ owner, copy, act: ACT, slots: WRITERS.spread });
    const customers = WRITERS.spread.map((slot) => new Customer(slot, opened.sides, plan.thinkMs));
    const readings = await whileWriting(customers, () => rounds(plan, opened, customers, io));
    await checkNothingLost(opened, customers);
    return readings;
  } finally {
    for (const stop of workers) await stop();
    await opened.close();
  }
}

async function rounds(
  plan: HandoverPlan,
  { sides }: Sides,
  customers: readonly Customer[],
  { progress, signal }: HandoverIo,
): Promise<readonly MoveReading[]> {
  const readings: MoveReading[] = [];
  for (let round = 0; round <= plan.rounds; round++) {
    for (const atOnce of shuffled(AT_ONCE, new Random(`${plan.seed} moves ${round}`))) {
      progress(`round ${round}: ${atOnce} at once`, readings.length / (plan.rounds * AT_ONCE.length));
      const tookMs: number[] = [];
      const pausesMs: number[] = [];
      const writtenBefore = written(customers);
      const startedMs = performance.now();
      for (let n = 0; n < plan.handovers; n++) {
        signal.throwIfAborted();
        const moving = atOnce === 1 ? customers.slice(n % customers.length).slice(0, 1) : customers;
        const done = await move(moving, sides, signal);
        tookMs.push(done.tookMs);
        pausesMs.push(...done.pausesMs);
      }
      if (round === 0) continue; // code that has not run often is not what people run
      const pauses = sorted(pausesMs);
      const values = {
        slotsPerSecond: pausesMs.length / (tookMs.reduce((sum, ms) => sum + ms, 0) / 1_000),
        p50Ms: quantileOfSorted(pauses, 0.5),
        p99Ms: quantileOfSorted(pauses, 0.99),
        writesPerSecond: (written(customers) - writtenBefore) / ((performance.now() - startedMs) / 1_000),
      };
      readings.push({ round, atOnce, pausesMs, values });
    }
  }
  return readings;
}

function written(customers: readonly Customer[]): number {
  return customers.reduce((sum, customer) => sum + customer.written, 0);
}

/** Runs `work` with all customers at work. What one of them throws ends it. */
async function whileWriting<T>(customers: readonly Customer[], work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const writing = Promise.all(customers.map((customer) => customer.writeUntil(stop.signal)));
  const broken = new Promise<never>((_, reject) => writing.catch(reject));
  try {
    return await Promise.race([work(), broken]);
  } finally {
    stop.abort();
    await writing.catch(() => {});
  }
}

/** The worker of one side, as its process has it. */
async function startSide({ sides, log: logger }: Sides, side: Side): Promise<() => Promise<void>> {
  const own = sides[side].worker;
  const { feed: peer, url: peerUrl } = sides[peerOf(side)];
  const random = Math.random;
  const log = createEmbeddedLog({ own, peer, peerUrl, log: logger, random });
  const stop = await startWorker({
    inbox: { capability: ledger, own, peer: peerOutbox(peer), batch: 100 },
    ownUrl: sides[side].url,
    log,
    retainMs: RETAIN_MS,
    holder: randomUUID(),
    logger,
    random,
    now: Date.now,
  });
  return async () => {
    await stop();
    await log.close();
  };
}

/** Each write once at the owner, and the copy equal: a fast wrong handover is no result. */
async function checkNothingLost({ sides }: Sides, customers: readonly Customer[]): Promise<void> {
  for (const { slot, owner: side, written: expected } of customers) {
    const owner = { pool: sides[side].controller, capability: ledger };
    const copy = { pool: sides[peerOf(side)].controller, capability: ledger };
    let last = "nothing";
    const equal = async () => {
      const { kind } = await reconcileSlot({ owner, copy, slot });
      last = kind;
      return kind === "equal";
    };
    if (!(await waitFor(equal, { withinMs: EQUAL_WITHIN_MS, everyMs: 50 })))
      throw new BanyanError("BYN-CLI-018", `slot ${slot}: the two sides are ${last}`);
    const { rows } = await owner.pool.query("SELECT count(*)::int AS n FROM note WHERE slot = $1", [slot]);
    if (rows[0].n !== expected)
      throw new BanyanError("BYN-CLI-018", `slot ${slot}: ${expected} writes were taken, ${rows[0].n} stand`);
  }
}

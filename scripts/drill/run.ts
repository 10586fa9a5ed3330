import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { fillOwned } from "../capabilities/owned.ts";
import { waitFor } from "../stack/condition.ts";
import type { Broker } from "./broker.ts";
import { type Check, checkAll } from "./check.ts";
import { Dice } from "./dice.ts";
import { gatherFacts, stockIn } from "./facts.ts";
import type { Fault, Ground } from "./faults/fault.ts";
import { acknowledged, emptyJournal, type Journal } from "./journal.ts";
import { Mover } from "./mover.ts";
import { OutboxHistory } from "./outbox-history.ts";
import { isAtRest, whatMoves } from "./rest.ts";
import { CAPABILITIES, withSides } from "./sides.ts";
import type { Stage } from "./stage.ts";
import { Tally } from "./tally.ts";
import { Watch } from "./watch.ts";
import { startWriters, type Writers } from "./writers.ts";

export interface DrillPlan {
  /** Of Kafka, when it stands between the sides. */
  readonly broker: Broker | undefined;
  readonly seed: number;
  readonly faults: readonly Fault[];
}

/** What was done and what was seen to act. */
export interface Drilled {
  readonly seed: number;
  readonly faults: readonly { readonly name: string; readonly what: string; readonly seenAfterMs: number }[];
  readonly wrote: {
    readonly placed: number;
    readonly cancelled: number;
    /** By code. */
    readonly refused: Readonly<Record<string, number>>;
    readonly unknown: number;
    readonly counted: number;
    /** Requests that were sent again under their key. */
    readonly repeats: number;
  };
  readonly seen: Readonly<Record<string, number>>;
  readonly checks: readonly Check[];
}

/** Bounds for what hangs: two cores may have other things to do. */
const SEEN_MS = 120_000;
const GOES_ON_MS = 180_000;
const REST_MS = 300_000;
/** So many acknowledged writes after each fault: the shop has recovered. */
const GOES_ON = 5;

// One for the life of the process: each logger waits for its end.
const log = createLog("drill", "silent");

/**
 * Lets people write while slots move, does one harm after another, each until it was seen to act and people write again;
 * then lets all come to rest, and checks. @throws BYN-CLI-045 when a fault is not seen, or nothing goes on after it
 */
export async function runDrill(stage: Stage, { seed, faults, broker }: DrillPlan): Promise<Drilled> {
  const { context, relays } = stage;
  const { screen, signal, addresses } = context;
  for (const capability of CAPABILITIES) {
    const { filled } = await fillOwned(addresses, capability, {
      signal,
      onProgress: ({ slotsDone, slotsTotal }) =>
        screen.progress(`filling the copy of ${capability}`, slotsDone / Math.max(1, slotsTotal)),
    });
    screen.good(`the extracted copy of ${capability}: ${filled} slots filled`);
  }
  return withSides(addresses, async (sides) => {
    const stockBefore = await stockIn(sides.inventory.monolith.pool);
    const mover = new Mover({ admin: stage.admin, sides, dice: new Dice(seed, "mover"), signal });
    const tally = new Tally(context);
    const watch = new Watch(sides);
    const history = new OutboxHistory(sides);
    const journal = emptyJournal();
    const ground: Ground = { stage, mover, sides, tally, journal, broker, signal };
    const cards = createPool(addresses.databases.cards, { max: 2, name: "drill" }, log);
    const done: Drilled["faults"][number][] = [];
    let ended: string[] = [];
    let writers: Writers | undefined;
    for (const each of [tally, watch, history, mover]) each.start();
    try {
      writers = await startWriters(context, seed, journal);
      await goesOn(journal, ground, "before the first fault");
      for (const [at, fault] of new Dice(seed, "order").shuffled(faults).entries()) {
        signal.throwIfAborted();
        const before = performance.now();
        const { what } = await act(fault, ground, new Dice(seed, fault.name));
        const seenAfterMs = performance.now() - before;
        ended = [...ended, ...(await restartEnded(stage))];
        await goesOn(journal, ground, `after ${fault.name}`);
        done.push({ name: fault.name, what, seenAfterMs });
        screen.good(`${at + 1}/${faults.length} ${what}: seen, and people write again`);
      }
      // Nothing is proved by a wire that never cut, and by slots that nobody met on their way.
      const rough = async () => tally.held() > 0 && cutBy(relays) > 0;
      if (!(await waitFor(rough, { withinMs: SEEN_MS, everyMs: 100, signal })))
        throw new BanyanError("BYN-CLI-045", "no request met a 421, or no answer was cut");
      await mover.stop();
      for (const relay of Object.values(relays)) relay.spare();
      await writers.stop();
      const moving = await mover.take();
      for (const capability of CAPABILITIES) await moving.move(capability, 100);
      const rest = () => isAtRest(sides);
      if (!(await waitFor(rest, { withinMs: REST_MS, everyMs: 250, signal })))
        screen.bad(`it does not come to rest: ${await whatMoves(sides)}`);
      await Promise.all([tally.stop(), watch.stop(), history.stop()]);
      const seen = { journal, stockBefore, history, watch, ended };
      const facts = await gatherFacts(context, sides, cards, seen);
      return {
        seed,
        faults: done,
        wrote: wroteIn(journal),
        seen: {
          "requests that met a 421": tally.held(),
          "of them answered after a hold": tally.held("answered"),
          "answers cut on the wire": cutBy(relays),
          "events applied": tally.events("applied"),
          "events that came again": tally.events("duplicate"),
          "events pulled from an outbox": tally.events("pull"),
          "moves up or down that arrived": mover.arrivals,
          "looks at both owners of a slot": watch.samples,
        },
        checks: checkAll(facts),
      };
    } finally {
      await writers?.abort();
      await Promise.allSettled([mover.stop(), tally.stop(), watch.stop(), history.stop()]);
      await cards.end();
    }
  });
}

function cutBy({ orders, inventory }: Stage["relays"]): number {
  return orders.dropped + inventory.dropped;
}

async function act(fault: Fault, ground: Ground, dice: Dice): Promise<{ readonly what: string }> {
  const atWork = await fault.inject(ground, dice);
  try {
    const wait = { withinMs: SEEN_MS, everyMs: 50, signal: ground.signal };
    if (!(await waitFor(atWork.seen, wait)))
      throw new BanyanError(
        "BYN-CLI-045",
        `${atWork.what}: it was not seen to act within ${SEEN_MS / 1_000} s`,
      );
  } finally {
    await atWork.heal();
  }
  return atWork;
}

/** People must be able to write again. */
async function goesOn(journal: Journal, { signal }: Ground, when: string): Promise<void> {
  const before = acknowledged(journal);
  const again = async () => acknowledged(journal) >= before + GOES_ON;
  if (await waitFor(again, { withinMs: GOES_ON_MS, everyMs: 100, signal })) return;
  throw new BanyanError(
    "BYN-CLI-045",
    `${when}: ${acknowledged(journal) - before} writes were acknowledged within ${GOES_ON_MS / 1_000} s`,
  );
}

/** Answers who ended though nobody ended them; what can be started again is. */
async function restartEnded(stage: Stage): Promise<string[]> {
  const ended = await stage.ended();
  for (const name of ended) await stage.startAgain(name);
  return ended;
}

function wroteIn({ orders, counts }: Journal): Drilled["wrote"] {
  const of = (end: string) => orders.filter((order) => order.end === end).length;
  return {
    placed: of("placed"),
    cancelled: orders.filter(({ cancel }) => cancel === "cancelled").length,
    refused: byCode(orders),
    unknown: of("unknown") + orders.filter(({ cancel }) => cancel === "unknown").length,
    counted: [...counts.values()].flat().filter(({ end }) => end === "acknowledged").length,
    repeats: orders.reduce((sum, { tries }) => sum + tries - 1, 0),
  };
}

function byCode(orders: Journal["orders"]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end, code, status } of orders) {
    if (end !== "refused") continue;
    const name = code ?? String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

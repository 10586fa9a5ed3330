import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { fillOwned } from "../capabilities/owned.ts";
import type { BareContext } from "../commands/context.ts";
import { waitFor } from "../stack/condition.ts";
import type { Broker } from "./broker.ts";
import { type Check, checkAll } from "./check.ts";
import { Dice } from "./dice.ts";
import { type LEAST, lacking, type Seen } from "./enough.ts";
import { gatherFacts, stockIn } from "./facts.ts";
import type { Fault, Ground } from "./faults/fault.ts";
import { acknowledged, emptyJournal, type Journal } from "./journal.ts";
import { Mover } from "./mover.ts";
import { OutboxHistory } from "./outbox-history.ts";
import { settle } from "./settle.ts";
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
  readonly seen: Seen;
  readonly checks: readonly Check[];
}

/** Bounds for what hangs: two cores may have other things to do. */
const SEEN_MS = 120_000;
const GOES_ON_MS = 180_000;
const ENOUGH_MS = 180_000;
/** So many acknowledged writes after each fault: the shop has recovered. */
const GOES_ON = 5;

// One for the life of the process: each logger waits for its end.
const log = createLog("drill", "silent");

/**
 * Lets people write while slots move, does one harm after another, each until it was seen to act and people write again;
 * then lets all come to rest, and checks. What does not go on is said, and then all heals and is checked all the same.
 * @throws BYN-CLI-045 when a fault was not seen, or nothing went on after it, and the checker found nothing
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
    const seen = () => seenBy({ journal, tally, watch, mover, relays });
    for (const each of [tally, watch, history, mover]) each.start();
    try {
      writers = await startWriters(context, seed, journal);
      const stuck = await whatSticks(async () => {
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
        await sawEnough(seen, signal);
      }, context);
      // One that ended while something stuck is missing for good.
      if (stuck !== undefined) ended = [...ended, ...(await restartEnded(stage))];
      const hung = await settle(stage, { mover, writers, sides });
      await Promise.all([tally.stop(), watch.stop(), history.stop()]);
      const told = { journal, stockBefore, history, watch, ended, hung };
      const checks = checkAll(await gatherFacts(context, sides, cards, told));
      if (stuck !== undefined && checks.every(({ problems }) => problems.length === 0)) throw stuck;
      return {
        seed,
        faults: done,
        wrote: wroteIn(journal),
        seen: seen(),
        checks,
      };
    } finally {
      await writers?.abort();
      await Promise.allSettled([mover.stop(), tally.stop(), watch.stop(), history.stop()]);
      await cards.end();
    }
  });
}

/** What stopped the work, after it was said; undefined when it was done. @throws when everything is broken off */
async function whatSticks(work: () => Promise<void>, { screen, signal }: BareContext): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    screen.bad(`it does not go on: ${error instanceof Error ? error.message : String(error)}`);
    screen.say("  all heals now, and the checker runs all the same");
    return error;
  }
}

/** Nothing is proved by a wire that never cut, by slots that nobody met on their way, by stock that never ran short. */
async function sawEnough(seen: () => Seen, signal: AbortSignal): Promise<void> {
  const enough = async () => lacking(seen()).length === 0;
  if (await waitFor(enough, { withinMs: ENOUGH_MS, everyMs: 100, signal })) return;
  throw new BanyanError("BYN-CLI-045", `too little was seen: ${lacking(seen()).join("; ")}`);
}

function seenBy({
  journal: { orders },
  tally,
  watch,
  mover,
  relays,
}: Pick<Ground, "journal" | "tally" | "mover"> & {
  readonly watch: Watch;
  readonly relays: Stage["relays"];
}): Seen & Readonly<Record<keyof typeof LEAST, number>> {
  const placed = orders.filter(({ end }) => end === "placed");
  return {
    "placed orders": placed.length,
    "of them of several lines": placed.filter(({ lines }) => lines > 1).length,
    "refusals for want of stock": orders.filter(({ code }) => code === "BYN-SHOP-015").length,
    "checkouts sent twice at once": orders.filter(({ twin }) => twin !== undefined).length,
    "orders read at once": orders.filter(({ readBack }) => readBack?.status === 200).length,
    "slots that came to another owner": watch.arrivals,
    "requests that met a 421": tally.held(),
    "of them answered after a hold": tally.held("answered"),
    "answers cut on the wire": cutBy(relays),
    "events applied": tally.events("applied"),
    "events that came again": tally.events("duplicate"),
    "events pulled from an outbox": tally.events("pull"),
    "moves up or down that arrived": mover.arrivals,
    "looks at both owners of a slot": watch.samples,
  };
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

import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { createClient } from "@banyan/platform/handover/event-log/kafka-client.ts";
import { topicOf } from "@banyan/platform/handover/event-log/kafka-record.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { waitFor } from "../../stack/condition.ts";
import type { Dice } from "../dice.ts";
import { CAPABILITIES, type Capability, type Sides } from "../sides.ts";
import type { Worker } from "../tally.ts";
import type { AtWork, Fault, Ground } from "./fault.ts";

/** Events of a partition that come again. */
const BACK = 5;
/** Slots with something that is skipped. */
const SKIPPED = 2;
const HANG_MS = 60_000;

const log = createLog("drill kafka", "silent");

interface Place {
  readonly low: number;
  readonly own: number;
  readonly high: number;
}

/** A reader that has lost its place reads again what it has read. */
export const kafkaBack: Fault = {
  name: "set a reader of Kafka back",
  inject: (ground, dice) => {
    const place = ({ low, own }: Place) => Math.max(low, own - BACK);
    const ready = async () => true;
    return displace(ground, dice.pick(CAPABILITIES), sideOf(dice), "duplicate", { place, ready });
  },
};

/**
 * A reader that has lost its place begins at the end: what it skipped is a gap, and is pulled when the next event of the
 * slot comes. Counts come all the time, so it is stock's, and of slots that the other side owns. The controller, which would
 * drain what is behind, stands still.
 */
export const kafkaForward: Fault = {
  name: "set a reader of Kafka forward",
  inject: async (ground, dice) => {
    const { stage, mover, sides } = ground;
    const side = sideOf(dice);
    const moving = await mover.take();
    let frozen = false;
    const heal = async () => {
      if (frozen) await stage.signal("controller", "SIGCONT");
      moving.end();
    };
    try {
      await moving.move("inventory", side === "extracted" ? 0 : 100);
      await stage.signal("controller", "SIGSTOP");
      frozen = true;
      const place = ({ high }: Place) => high;
      const ready = async () => (await skippable(sides.inventory, side)) >= SKIPPED;
      return { ...(await displace(ground, "inventory", side, "pull", { place, ready })), heal };
    } catch (error) {
      await heal();
      throw error;
    }
  },
};

/** Slots of stock of which the log has more than the copy at that side. */
async function skippable(sides: Sides["inventory"], side: Side): Promise<number> {
  const copies = await readSlots(sides[side].pool, "inventory");
  const { rows } = await sides[peerOf(side)].pool.query<{ slot: number; seq: string }>(
    "SELECT slot, seq FROM handover.sent WHERE capability = 'inventory'",
  );
  const sent = new Map(rows.map(({ slot, seq }) => [slot, Number(seq)]));
  return copies.filter(({ slot, owner, seq }) => !owner && (sent.get(slot) ?? 0) > seq).length;
}

function sideOf(dice: Dice): Side {
  return dice.pick(["monolith", "extracted"] as const);
}

/** The worker is stopped, its group's place is moved while nobody reads, and it is started again. */
async function displace(
  ground: Ground,
  capability: Capability,
  side: Side,
  counted: string,
  move: {
    readonly place: (at: Place) => number;
    /** Is there enough to move by? Asked while nobody reads. */
    readonly ready: () => Promise<boolean>;
  },
): Promise<AtWork> {
  const { stage, tally, signal } = ground;
  const worker: Worker = side === "monolith" ? "monolith-worker" : `${capability}-worker`;
  const before = tally.events(counted, worker);
  await stage.stop(worker);
  try {
    let cause: unknown = new Error("nothing to move by");
    const moved = async () => {
      try {
        return (await move.ready()) && (await moveGroup(ground, capability, side, move.place));
      } catch (error) {
        cause = error; // the group may still have members
        return false;
      }
    };
    if (!(await waitFor(moved, { withinMs: HANG_MS, everyMs: 250, signal }))) throw cause;
  } finally {
    await stage.start(worker);
  }
  return {
    what: `${worker} comes back at another place in the log of ${capability}`,
    seen: async () => tally.events(counted, worker) > before,
    heal: async () => {},
  };
}

/** False when nothing was read yet. @throws while the group has members */
async function moveGroup(
  { broker }: Ground,
  capability: Capability,
  side: Side,
  placeOf: (at: Place) => number,
): Promise<boolean> {
  if (broker === undefined) throw new Error("there is no broker");
  const admin = createClient({ brokers: [broker.address], clientId: "drill", log }).admin();
  await admin.connect();
  try {
    const topic = topicOf(peerOf(side), capability);
    const groupId = `${topic}.inbox ${capability}`;
    const bounds = new Map((await admin.fetchTopicOffsets(topic)).map((found) => [found.partition, found]));
    const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const places = (group?.partitions ?? []).flatMap(({ partition, offset }) => {
      const bound = bounds.get(partition);
      // −1: nothing was read there yet.
      if (bound === undefined || Number(offset) < 0) return [];
      return [{ partition, low: Number(bound.low), own: Number(offset), high: Number(bound.high) }];
    });
    if (places.length === 0) return false;
    const partitions = places.map((at) => ({ partition: at.partition, offset: String(placeOf(at)) }));
    await admin.setOffsets({ groupId, topic, partitions });
    return true;
  } finally {
    await admin.disconnect();
  }
}

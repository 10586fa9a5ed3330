import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { createClient } from "@banyan/platform/handover/event-log/kafka-client.ts";
import { topicOf } from "@banyan/platform/handover/event-log/kafka-record.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { waitFor } from "../../stack/condition.ts";
import type { Dice } from "../dice.ts";
import { CAPABILITIES, type Capability } from "../sides.ts";
import type { Worker } from "../tally.ts";
import type { AtWork, Fault, Ground } from "./fault.ts";

/** Events of a partition that come again. */
const BACK = 5;
/** Partitions with something that is skipped. */
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
    return displace(ground, dice.pick(CAPABILITIES), sideOf(dice), "duplicate", {
      place,
      wanted: () => true,
    });
  },
};

/**
 * A reader that has lost its place begins at the end: what it skipped is a gap, and is pulled when the next event of the
 * slot comes. Counts come all the time, so it is stock's, and of slots that the other side owns.
 */
export const kafkaForward: Fault = {
  name: "set a reader of Kafka forward",
  inject: async (ground, dice) => {
    const side = sideOf(dice);
    const moving = await ground.mover.take();
    try {
      await moving.move("inventory", side === "extracted" ? 0 : 100);
      const wanted = (places: readonly Place[]) =>
        places.filter(({ own, high }) => own < high).length >= SKIPPED;
      const place = ({ high }: Place) => high;
      const atWork = await displace(ground, "inventory", side, "pull", { place, wanted });
      return { ...atWork, heal: async () => moving.end() };
    } catch (error) {
      moving.end();
      throw error;
    }
  },
};

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
    /** Is there enough to move by now? */
    readonly wanted: (places: readonly Place[]) => boolean;
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
        return await moveGroup(ground, capability, side, move);
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

/** False when there is not enough to move by. @throws while the group has members */
async function moveGroup(
  { broker }: Ground,
  capability: Capability,
  side: Side,
  { place, wanted }: Parameters<typeof displace>[4],
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
    if (places.length === 0 || !wanted(places)) return false;
    const partitions = places.map((at) => ({ partition: at.partition, offset: String(place(at)) }));
    await admin.setOffsets({ groupId, topic, partitions });
    return true;
  } finally {
    await admin.disconnect();
  }
}

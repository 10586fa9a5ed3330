import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { createClient } from "@banyan/platform/handover/event-log/kafka-client.ts";
import { topicOf } from "@banyan/platform/handover/event-log/kafka-record.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { waitFor } from "../../stack/condition.ts";
import { CAPABILITIES, type Capability } from "../sides.ts";
import type { Worker } from "../tally.ts";
import type { Fault, Ground } from "./fault.ts";

/** Events of a partition that come again. */
const BACK = 5;
/** A group forgets a member that was killed after ten seconds, and is not touched before. */
const EMPTY_MS = 60_000;

const log = createLog("drill kafka", "silent");

/** A reader that has lost its place reads again what it has read. */
export const kafkaBack: Fault = placed("set a reader of Kafka back", "duplicate", (low, own) =>
  Math.max(low, own - BACK),
);

/** A reader that has lost its place begins at the end: what it skipped is a gap. */
export const kafkaForward: Fault = placed(
  "set a reader of Kafka forward",
  "pull",
  (_low, _own, high) => high,
);

/** The worker is killed, its group's place moved while nobody reads, and it is started again. */
function placed(
  name: string,
  counted: string,
  placeOf: (low: number, own: number, high: number) => number,
): Fault {
  return {
    name,
    inject: async (ground, dice) => {
      const { stage, tally, signal } = ground;
      const capability = dice.pick(CAPABILITIES);
      const side = dice.pick(["monolith", "extracted"] as const);
      const worker: Worker = side === "monolith" ? "monolith-worker" : `${capability}-worker`;
      const before = tally.events(counted, worker);
      await stage.signal(worker, "SIGKILL");
      try {
        let cause: unknown;
        const move = async () => {
          try {
            await moveGroup(ground, capability, side, placeOf);
            return true;
          } catch (error) {
            cause = error;
            return false;
          }
        };
        if (!(await waitFor(move, { withinMs: EMPTY_MS, everyMs: 1_000, signal }))) throw cause;
      } finally {
        await stage.start(worker);
      }
      return {
        what: `${worker} comes back at another place in the log of ${capability}`,
        seen: async () => tally.events(counted, worker) > before,
        heal: async () => {},
      };
    },
  };
}

/** @throws while the group has members */
async function moveGroup(
  { broker }: Ground,
  capability: Capability,
  side: Side,
  placeOf: (low: number, own: number, high: number) => number,
): Promise<void> {
  if (broker === undefined) throw new Error("there is no broker");
  const admin = createClient({ brokers: [broker.address], clientId: "drill", log }).admin();
  await admin.connect();
  try {
    const topic = topicOf(peerOf(side), capability);
    const groupId = `${topic}.inbox ${capability}`;
    const bounds = new Map((await admin.fetchTopicOffsets(topic)).map((found) => [found.partition, found]));
    const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const partitions = (group?.partitions ?? []).flatMap(({ partition, offset }) => {
      const bound = bounds.get(partition);
      // −1: nothing was read there yet.
      if (bound === undefined || Number(offset) < 0) return [];
      const place = placeOf(Number(bound.low), Number(offset), Number(bound.high));
      return [{ partition, offset: String(place) }];
    });
    if (partitions.length > 0) await admin.setOffsets({ groupId, topic, partitions });
  } finally {
    await admin.disconnect();
  }
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Admin, Kafka, type LogEntry, logLevel } from "kafkajs";
import type { Log } from "../../logging/log.ts";
import { guardIdleTimer } from "./kafka-idle-timer.ts";
import { PARTITIONS } from "./kafka-record.ts";

export interface ClientOptions {
  /** Addresses `host:port` to begin with. */
  readonly brokers: readonly string[];
  /** Who we are, in the broker's log. */
  readonly clientId: string;
  readonly log: Log;
}

/** A few quick tries (3 s): a new topic takes a moment, and who publishes tries again himself. */
export const TRIES = { retries: 6, initialRetryTime: 100, maxRetryTime: 1_000 } as const;

export function createClient({ brokers, clientId, log }: ClientOptions): Kafka {
  guardIdleTimer();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: TRIES,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => note(log, entry),
  });
}

/** Each of its many tries is a line of kafkajs: for who looks closely. What fails in the end, a reader or a publisher says. */
function note(log: Log, { level, namespace, log: { message, error } }: LogEntry): void {
  if (level === logLevel.NOTHING || level > logLevel.WARN) return;
  log.debug({ from: `kafkajs ${namespace}`, why: error === undefined ? undefined : String(error) }, message);
}

const TOPIC_WITHIN_MS = 25_000;
const LOOK_MS = 50;

/**
 * Makes the topic where there is none, with a partition for each slot, and waits until each has its leader.
 * @throws BYN-DATA-028 when there is one that was made with another number of partitions
 */
export async function requireTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    // kafkajs's own wait for leaders takes a topic that the broker does not show yet for an error.
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false });
    const partitions = await partitionsOf(admin, topic);
    if (partitions === PARTITIONS) return;
    throw new BanyanError(
      "BYN-DATA-028",
      `the topic ${topic} has ${partitions} partitions, and each slot wants its own: ${PARTITIONS}`,
    );
  } finally {
    await admin.disconnect();
  }
}

/** How many partitions the topic has, once all of them have a leader. */
async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const endMs = performance.now() + TOPIC_WITHIN_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = topics[0]?.partitions ?? [];
      const led = partitions.every(
        ({ leader, partitionErrorCode }) => leader >= 0 && partitionErrorCode === 0,
      );
      if (partitions.length > 0 && led) {
        // Named is not yet at work: a new leader refuses until it has made its files. This asks each one.
        await admin.fetchTopicOffsets(topic);
        return partitions.length;
      }
      if (performance.now() > endMs) throw new Error(`the topic ${topic} has partitions without a leader`);
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

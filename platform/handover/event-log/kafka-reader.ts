import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { backoffMs } from "../../log/backoff.ts";
import { createWaker } from "../../log/waker.ts";
import type { Log } from "../../logging/log.ts";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { Subscription } from "./event-log.ts";
import { decodeRecord } from "./kafka-record.ts";

export interface ReaderOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Resolves when there is such a topic. */
  readonly requireTopic: () => Promise<void>;
  readonly subscription: Subscription;
  readonly log: Log;
  readonly random: () => number;
}

export interface Reader {
  readonly name: string;
  /** Whether it can't read, or a slot of it can't go on. */
  failing(): boolean;
  stop(): Promise<void>;
}

/** Messages of a slot in one handling. */
const BATCH = 100;
/** Longest wait of the broker for something new; a slot that was held back goes on after at most so long. */
const FETCH_MS = 500;
/**
 * So long the group waits for a member that died without a word, as we do when the broker goes away. A handling that takes
 * longer loses its place in the group, and its rows come again.
 */
const SESSION_MS = 10_000;

/**
 * A consumer of one topic, made anew whenever it has died. A partition is a slot. Its offset is committed after `handle` has
 * resolved, and never by itself. When `handle` throws, the partition is paused and its place in the log stays where it was:
 * nothing later of the slot is handled, the other slots go on, and after a while (`backoffMs`) the partition is resumed and
 * gives the same messages again. Nothing is kept in memory meanwhile.
 */
export function startReader(options: ReaderOptions): Reader {
  const { kafka, topic, subscription, log, random } = options;
  const { reader, capability } = subscription;
  const about = { reader, topic };
  const waker = createWaker();
  const stopped = Promise.withResolvers<void>();
  const held = new Map<number, { failures: number; timer?: NodeJS.Timeout }>();
  let stopping = false;
  let failures = 0;

  const rowsOf = (messages: readonly KafkaMessage[], partition: number) => {
    let slot = 0;
    const rows: OutboxRow[] = [];
    for (const { value, offset } of messages) {
      try {
        const record = decodeRecord(value, capability, partition);
        slot = record.slot;
        rows.push(record.row);
      } catch (error) {
        if (!(error instanceof BanyanError)) throw error;
        log.error({ err: error, code: error.code, offset, ...about }, "a message is no record: passed over");
      }
    }
    return { slot, rows };
  };

  const hold = (partition: number, slot: number, error: unknown, pause: () => () => void) => {
    const count = (held.get(partition)?.failures ?? 0) + 1;
    if (count === 1) log.warn({ err: error, slot, ...about }, "a slot can't go on; trying again");
    const resume = pause();
    held.set(partition, { failures: count, timer: setTimeout(resume, backoffMs(count, random)) });
  };

  const eachBatch = async (consumer: Consumer, payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale, pause } = payload;
    const { partition, messages } = batch;
    failures = 0;
    for (let from = 0; from < messages.length; from += BATCH) {
      if (stopping || !isRunning() || isStale()) return;
      const part = messages.slice(from, from + BATCH);
      const { slot, rows } = rowsOf(part, partition);
      try {
        if (rows.length > 0) await subscription.handle(slot, rows);
      } catch (error) {
        hold(partition, slot, error, pause);
        return;
      }
      if (held.delete(partition)) log.info({ slot, ...about }, "the slot goes on");
      const last = part.at(-1)?.offset ?? "-1";
      resolveOffset(last);
      // Also when it is to stop: what was handled counts as read.
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last) + 1n) }]);
      await heartbeat();
    }
  };

  /** One consumer, until it dies or is stopped. */
  const consume = async (): Promise<void> => {
    await options.requireTopic();
    const consumer = kafka.consumer({
      groupId: `${topic}.${reader}`,
      maxWaitTimeInMs: FETCH_MS,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    });
    const died = Promise.withResolvers<void>();
    // Nobody may be waiting for it yet.
    died.promise.catch(() => {});
    consumer.on(consumer.events.CRASH, ({ payload }) => died.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, () => {
      if (failures > 0) log.info({ failed: failures, ...about }, "reading the log again");
      failures = 0;
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      if (stopping) return;
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => eachBatch(consumer, payload),
      });
      await Promise.race([died.promise, stopped.promise]);
    } finally {
      // Waits for the handling in hand. A broker that is away can't be told: the group's time-out removes us.
      await consumer.disconnect().catch(() => {});
      for (const { timer } of held.values()) clearTimeout(timer);
      held.clear();
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        await consume();
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn({ err: error, ...about }, "reading the log fails; trying again");
        if (!stopping) await waker.wait(backoffMs(failures, random));
      }
    }
  };

  const done = loop();
  return {
    name: reader,
    failing: () => failures > 0 || held.size > 0,
    stop: async () => {
      stopping = true;
      stopped.resolve();
      waker.wake();
      await done;
    },
  };
}

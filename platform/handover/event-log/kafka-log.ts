import { type Kafka, Partitioners, type Producer } from "kafkajs";
import type { EventLog, LogHealth, LogRecord } from "./event-log.ts";
import { type ClientOptions, createClient, requireTopic, TRIES } from "./kafka-client.ts";
import { type Reader, startReader } from "./kafka-reader.ts";
import { type Encoded, encodeRecord, topicOf } from "./kafka-record.ts";

export interface KafkaLogOptions extends ClientOptions {
  /** The side whose rows this log publishes. */
  readonly own: string;
  /** The side whose rows it reads. */
  readonly peer: string;
  readonly random: () => number;
}

/**
 * The log on Apache Kafka: a topic for each publishing side and capability, a partition for each slot. `publish` is one
 * awaited sending, acknowledged by all replicas in sync; one request at a time, so that a slot's rows can't overtake each
 * other. kafkajs's idempotent producer is not used (kafkajs#598, #485): what is sent twice, its reader sees twice.
 */
export function createKafkaLog(options: KafkaLogOptions): EventLog {
  const { own, peer, log, random } = options;
  const kafka = createClient(options);
  const topics = createTopics(kafka);
  const producer = createProducer(kafka);
  const readers = new Set<Reader>();
  return {
    publish: async (records) => {
      if (records.length === 0) return;
      const topicMessages = byTopic(own, records);
      await Promise.all(topicMessages.map(({ topic }) => topics.require(topic)));
      const connected = await producer.get();
      await connected.sendBatch({ acks: -1, topicMessages });
    },
    subscribe: async (subscription) => {
      const topic = topicOf(peer, subscription.capability);
      const require = () => topics.require(topic);
      const reader = startReader({ kafka, topic, requireTopic: require, subscription, log, random });
      readers.add(reader);
      return async () => {
        readers.delete(reader);
        await reader.stop();
      };
    },
    health: () => healthOf(kafka, [...readers]),
    close: async () => {
      await Promise.all([...readers].map((reader) => reader.stop()));
      readers.clear();
      await producer.close();
    },
  };
}

function byTopic(own: string, records: readonly LogRecord[]): { topic: string; messages: Encoded[] }[] {
  const groups = new Map<string, Encoded[]>();
  for (const record of records) {
    const topic = topicOf(own, record.capability);
    const messages = groups.get(topic) ?? [];
    messages.push(encodeRecord(record));
    groups.set(topic, messages);
  }
  return [...groups].map(([topic, messages]) => ({ topic, messages }));
}

async function healthOf(kafka: Kafka, readers: readonly Reader[]): Promise<LogHealth> {
  const failing = readers.filter((reader) => reader.failing()).map((reader) => reader.name);
  if (failing.length > 0) return { ok: false, detail: `can't go on reading: ${failing.join(", ")}` };
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return { ok: true, detail: `${readers.length} readers follow Kafka, ${brokers.length} brokers` };
  } catch (error) {
    return { ok: false, detail: `no broker of Kafka answers: ${(error as Error).message}` };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Each topic is looked for once; a look that failed does not count. */
function createTopics(kafka: Kafka) {
  const known = new Map<string, Promise<void>>();
  return {
    require: (topic: string): Promise<void> => {
      const found = known.get(topic) ?? requireTopic(kafka, topic);
      known.set(topic, found);
      found.catch(() => known.delete(topic));
      return found;
    },
  };
}

/** Connected at its first use; a connecting that failed does not count. */
function createProducer(kafka: Kafka) {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner, // each message names its own: this only silences a warning
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    retry: TRIES,
  });
  let connecting: Promise<Producer> | undefined;
  return {
    get: (): Promise<Producer> => {
      connecting ??= producer.connect().then(
        () => producer,
        (error) => {
          connecting = undefined;
          throw error;
        },
      );
      return connecting;
    },
    close: async (): Promise<void> => {
      await connecting?.catch(() => {});
      await producer.disconnect();
    },
  };
}

import { randomUUID } from "node:crypto";
import { eventLogContract, type LogBench } from "@banyan/platform/handover/event-log/contract.fixture.ts";
import type { EventLog, LogRecord } from "@banyan/platform/handover/event-log/event-log.ts";
import { createClient } from "@banyan/platform/handover/event-log/kafka-client.ts";
import { createKafkaLog } from "@banyan/platform/handover/event-log/kafka-log.ts";
import { encodeRecord, topicOf } from "@banyan/platform/handover/event-log/kafka-record.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Broker, createBroker, KAFKA_JARS, WHERE } from "./broker.ts";

const log = createLog("kafka test", "silent");

function recordOf(capability: string, slot: number, seq: number): LogRecord {
  const row = { seq, epoch: 1, eventId: randomUUID(), kind: "event", nextEpoch: null, key: null } as const;
  return { capability, slot, row: { ...row, changes: [{ write: `${slot}.${seq}` }] } };
}

describe.skipIf(KAFKA_JARS === "")(`Kafka as the log, ${WHERE}`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await createBroker();
    await broker.start();
  });
  afterAll(async () => {
    await broker?.remove();
  });

  const logOf = (own: string, peer: string): EventLog =>
    createKafkaLog({
      brokers: [broker.address],
      clientId: `test ${own}`,
      own,
      peer,
      log,
      random: () => 0.5,
    });

  async function openBench(): Promise<LogBench> {
    const capability = `list-${randomUUID().slice(0, 8)}`;
    const writer = logOf("monolith", "extracted");
    const last = new Map<number, number>();
    return {
      capability,
      publish: async (slot) => {
        const seq = (last.get(slot) ?? 0) + 1;
        await writer.publish([recordOf(capability, slot, seq)]);
        last.set(slot, seq);
        return seq;
      },
      republish: (slot, seq) => writer.publish([recordOf(capability, slot, seq)]),
      open: () => logOf("extracted", "monolith"),
      close: () => writer.close(),
    };
  }

  describe("keeps the contract", () => {
    eventLogContract("Kafka", openBench);
  });

  test("a message that is no record is passed over", async () => {
    const bench = await openBench();
    await bench.publish(3);
    const client = createClient({ brokers: [broker.address], clientId: "somebody else", log });
    const stranger = client.producer();
    await stranger.connect();
    const { partition } = encodeRecord(recordOf(bench.capability, 3, 1));
    const topic = topicOf("monolith", bench.capability);
    await stranger.send({ topic, messages: [{ value: "not ours", partition }] });
    await stranger.disconnect();
    await bench.publish(3);
    const reader = bench.open();
    const seen: number[] = [];
    await reader.subscribe({
      reader: "inbox",
      capability: bench.capability,
      handle: async (_slot, rows) => seen.push(...rows.map((row) => row.seq)),
    });
    await until("the second has arrived", () => seen.includes(2));
    expect(seen).toEqual([1, 2]);
    await reader.close();
    await bench.close();
  });

  test("a topic with another number of partitions is refused with a code", async () => {
    const capability = `list-${randomUUID().slice(0, 8)}`;
    const admin = createClient({ brokers: [broker.address], clientId: "somebody else", log }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: topicOf("monolith", capability), numPartitions: 3 }] });
    await admin.disconnect();
    const writer = logOf("monolith", "extracted");
    await expect(writer.publish([recordOf(capability, 1, 1)])).rejects.toThrow("BYN-DATA-028");
    await writer.close();
  });

  // Two starts of a JVM, and the group's wait for the reader that died: slow on a busy machine.
  const BROKER_TEST_MS = 150_000;
  test("a broker that is away refuses, and when it is back all that it acknowledged is read, in order per slot", {
    timeout: BROKER_TEST_MS,
  }, async () => {
    const bench = await openBench();
    const reader = bench.open();
    const seen: { slot: number; seq: number }[] = [];
    await reader.subscribe({
      reader: "inbox",
      capability: bench.capability,
      handle: async (slot, rows) => seen.push(...rows.map(({ seq }) => ({ slot, seq }))),
    });
    const acknowledged: { slot: number; seq: number }[] = [];
    const publish = async (slot: number) => acknowledged.push({ slot, seq: await bench.publish(slot) });
    for (const slot of [1, 2, 1, 2]) await publish(slot);
    await until("the first have arrived", () => seen.length >= 4);

    await broker.stop();
    await expect(bench.publish(1)).rejects.toThrow();
    expect((await reader.health()).ok).toBe(false);
    await broker.start();

    for (const slot of [1, 2, 2, 1]) {
      await until("it is acknowledged", () =>
        publish(slot).then(
          () => true,
          () => false,
        ),
      );
    }
    const firsts = (slot: number, of: readonly { slot: number; seq: number }[]) => [
      ...new Set(of.filter((row) => row.slot === slot).map((row) => row.seq)),
    ];
    await until("all have arrived", () => [1, 2].every((slot) => firsts(slot, seen).length === 4));
    for (const slot of [1, 2]) expect(firsts(slot, seen)).toEqual(firsts(slot, acknowledged));
    await until("it is well again", async () => (await reader.health()).ok);
    await reader.close();
    await bench.close();
  });
});

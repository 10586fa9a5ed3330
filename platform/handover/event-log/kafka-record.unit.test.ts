import { expect, test } from "vitest";
import type { LogRecord } from "./event-log.ts";
import { decodeRecord, encodeRecord, PARTITIONS, partitionOf } from "./kafka-record.ts";

const record: LogRecord = {
  capability: "orders",
  slot: 7,
  row: {
    seq: 12,
    epoch: 3,
    eventId: "5f0d8a9e-0000-4000-8000-000000000000",
    kind: "event",
    nextEpoch: null,
    changes: [{ text: "ü, \u2028 and 🌳", none: null }],
    key: { principal: "u1", route: "POST /orders", key: "k", bodyHash: "h", response: null },
  },
};
const marker: LogRecord = {
  ...record,
  row: { ...record.row, kind: "handover", nextEpoch: 4, changes: null, key: null },
};
const decode = (value: string | null, partition = 6) =>
  decodeRecord(value === null ? null : Buffer.from(value), "orders", partition);

test("a record comes back as it went", () => {
  for (const sent of [record, marker]) {
    const { key, partition, value } = encodeRecord(sent);
    expect({ key, partition }).toEqual({ key: "7", partition: 6 });
    expect(decode(value)).toEqual(sent);
  }
});

test("each slot has a partition of its own, the two for rehearsals too", () => {
  const partitions = Array.from({ length: 102 }, (_, i) => partitionOf(i + 1));
  expect(new Set(partitions).size).toBe(102);
  expect([Math.min(...partitions), Math.max(...partitions), PARTITIONS]).toEqual([0, 101, 102]);
  const rehearsal = encodeRecord({ ...record, slot: 102 });
  expect(decode(rehearsal.value, rehearsal.partition).slot).toBe(102);
});

test("what is no record, or not of this place, is refused with a code", () => {
  const { value } = encodeRecord(record);
  const sent = JSON.parse(value);
  const wrong = [
    null,
    "",
    "{",
    "null",
    JSON.stringify({ ...sent, version: 2 }),
    JSON.stringify({ ...sent, slot: 103 }),
    JSON.stringify({ ...sent, row: { ...sent.row, seq: "12" } }),
    JSON.stringify({ ...sent, row: { ...sent.row, changes: undefined } }),
    JSON.stringify({ ...sent, capability: "inventory" }),
  ];
  for (const text of wrong) expect(() => decode(text)).toThrow("BYN-DATA-029");
  expect(() => decode(value, 7)).toThrow("BYN-DATA-029");
});

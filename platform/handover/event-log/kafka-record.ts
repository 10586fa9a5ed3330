import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import { z } from "zod";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { LogRecord } from "./event-log.ts";

const VERSION = 1;

/** A partition for each slot, those for rehearsals too: what holds one slot up holds no other up. */
export const PARTITIONS = ALL_SLOTS;

const Key = z.strictObject({
  principal: z.string(),
  route: z.string(),
  key: z.string(),
  bodyHash: z.string(),
  response: z.custom<NonNullable<OutboxRow["key"]>["response"]>((value) => typeof value === "object"),
});
const Message = z.strictObject({
  version: z.literal(VERSION),
  capability: z.string(),
  slot: z.int().min(1).max(ALL_SLOTS),
  row: z.strictObject({
    seq: z.int().min(1),
    epoch: z.int().min(0),
    eventId: z.string().min(1),
    kind: z.enum(["event", "handover"]),
    nextEpoch: z.int().nullable(),
    changes: z.json(),
    key: Key.nullable(),
  }),
});

/** One topic for what one side publishes of one capability. */
export function topicOf(side: string, capability: string): string {
  return `banyan.${side}.${capability}`;
}

export function partitionOf(slot: number): number {
  return slot - 1;
}

export interface Encoded {
  readonly key: string;
  readonly partition: number;
  readonly value: string;
}

/** JSON with a version; key and partition are the slot. */
export function encodeRecord({ capability, slot, row }: LogRecord): Encoded {
  const value = JSON.stringify({ version: VERSION, capability, slot, row });
  return { key: String(slot), partition: partitionOf(slot), value };
}

/**
 * The record of a message that came in this partition of this capability's topic.
 * @throws BYN-DATA-029 when it is none: not JSON, another version or shape, or in a place where it does not belong.
 */
export function decodeRecord(value: Buffer | null, capability: string, partition: number): LogRecord {
  let json: unknown;
  try {
    json = JSON.parse(value?.toString("utf8") ?? "");
  } catch (cause) {
    throw new BanyanError("BYN-DATA-029", `partition ${partition} has a message that is no JSON`, { cause });
  }
  const { success, data, error } = Message.safeParse(json);
  if (!success) {
    const places = error.issues.map((issue) => issue.path.join(".") || "message").join(", ");
    throw new BanyanError(
      "BYN-DATA-029",
      `partition ${partition} has a message with other fields: ${places}`,
    );
  }
  if (data.capability !== capability || partitionOf(data.slot) !== partition) {
    const found = `${data.capability}, slot ${data.slot}`;
    throw new BanyanError("BYN-DATA-029", `partition ${partition} has a message of ${found}`);
  }
  return { capability, slot: data.slot, row: data.row };
}

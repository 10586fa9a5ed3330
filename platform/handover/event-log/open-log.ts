import type { Side } from "@banyan/contracts/http/headers.ts";
import { peerOf } from "@banyan/contracts/http/headers.ts";
import type { Pool } from "pg";
import { z } from "zod";
import type { Log } from "../../logging/log.ts";
import { createEmbeddedLog } from "./embedded-log.ts";
import type { EventLog } from "./event-log.ts";
import { createKafkaLog } from "./kafka-log.ts";

const BROKER = /^[^\s,:]+:\d{1,5}$/;

/** Which log a worker stands on: `KAFKA_BROKERS` names some brokers of Kafka, else it is the embedded one. */
export const LogSettings = z.object({
  /** `host:port`, more of them behind commas. Empty is as good as not set: compose files set what they don't have to "". */
  KAFKA_BROKERS: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((broker) => broker.trim())
        .filter((broker) => broker !== ""),
    )
    .refine(
      (brokers) => brokers.every((broker) => BROKER.test(broker)),
      "each is host:port, with commas between",
    )
    .optional(),
});
export type LogSettings = z.output<typeof LogSettings>;

export interface LogPlace {
  /** This side's database. */
  readonly own: Pool;
  /** The peer's database, as the role that reads `handover_feed`. */
  readonly peer: Pool;
  /** The same, for the connection that LISTENs. */
  readonly peerUrl: string;
  readonly side: Side;
  readonly capability: string;
  readonly log: Log;
  readonly random: () => number;
}

/** The log that the settings name, as one side's worker of one capability uses it. Nothing connects before its first use. */
export async function openEventLog(settings: LogSettings, place: LogPlace): Promise<EventLog> {
  const { own, peer, peerUrl, side, capability, log, random } = place;
  const brokers = settings.KAFKA_BROKERS ?? [];
  if (brokers.length === 0) return createEmbeddedLog({ own, peer, peerUrl, log, random });
  return createKafkaLog({
    own: side,
    peer: peerOf(side),
    brokers,
    clientId: `banyan-${side}-${capability}`,
    log,
    random,
  });
}

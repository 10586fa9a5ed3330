import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kafka, startKafka } from "../../scripts/parts/kafka.ts";
import { freePort } from "../../scripts/stack/port.ts";

/** Where `npm test` has put Kafka's jars, and why there may be none. */
export const KAFKA_JARS = process.env.BANYAN_KAFKA ?? "";
const reason = process.env.BANYAN_NO_KAFKA ?? "`npm test` fetches it";
/** The end of a title: says why the tests are skipped, when they are. */
export const WHERE = KAFKA_JARS === "" ? `skipped, no Kafka here: ${reason}` : "on a real broker";

/** A broker of one test file; stopped and started it has the same address and its data. */
export interface Broker {
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

export async function createBroker(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "banyan-kafka-"));
  const port = await freePort();
  let running: Kafka | undefined;
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    address: `127.0.0.1:${port}`,
    start: async () => {
      running = await startKafka({ jars: KAFKA_JARS, folder, port, env: process.env, say: () => {} });
    },
    stop,
    remove: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

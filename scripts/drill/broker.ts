import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../commands/context.ts";
import { type Kafka, startKafka } from "../parts/kafka.ts";
import { freePort } from "../stack/port.ts";
import { kafkaJars } from "../stack/stack-kafka.ts";

/** The drill's own broker of Kafka: stopped and started again it has the same address and its data. */
export class Broker {
  readonly #start: () => Promise<Kafka>;
  readonly #folder: string;
  readonly #port: number;
  #running: Kafka | undefined;

  private constructor(start: () => Promise<Kafka>, folder: string, port: number) {
    this.#start = start;
    this.#folder = folder;
    this.#port = port;
  }

  /** Fetches Kafka where it is not there yet, and starts it. @throws BYN-PARTS-… */
  static async open(context: CommandContext): Promise<Broker> {
    const { environment: env, signal } = context;
    const jars = await kafkaJars(context);
    const folder = await mkdtemp(join(tmpdir(), "banyan-drill-kafka-"));
    const port = await freePort();
    const start = () => startKafka({ jars, folder, port, env, say: () => {}, signal });
    const broker = new Broker(start, folder, port);
    try {
      await broker.start();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#running ??= await this.#start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  /** Stops it and removes its data. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

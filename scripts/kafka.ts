// `npm run kafka`: Apache Kafka on this machine, fetched and checked, until Ctrl-C. `-- --port N` where 9092 is taken.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { commandContext } from "./commands/context.ts";
import { startKafka } from "./parts/kafka.ts";
import { KAFKA_VERSION } from "./parts/kafka-install.ts";
import { kafkaJars } from "./stack/stack-kafka.ts";
import { exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, showError } from "./terminal/screen.ts";

const root = join(import.meta.dirname, "..");
const env = process.env;
const screen = createScreen(false);
const say = (text: string) => screen.say(`  ${text}`);

const interrupt = new AbortController();
const interrupted = () => interrupt.abort(new BanyanError("BYN-CLI-020", "stopped before Kafka ran"));
process.on("SIGINT", interrupted);
process.on("SIGTERM", interrupted);
const { signal } = interrupt;

try {
  const port = portOf(process.argv.slice(2));
  const jars = await kafkaJars(commandContext(root, env, screen, signal));
  const kafka = await startKafka({ jars, folder: join(root, ".banyan", "kafka"), port, env, say, signal });
  screen.good(
    `Kafka ${KAFKA_VERSION} is at ${kafka.address} (pid ${kafka.pid}); Ctrl-C stops it, its data stays`,
  );
  screen.next(
    `KAFKA_BROKERS=${kafka.address} npm run banyan -- up`,
    "workers that are started so stand on it",
  );
  const asked = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await Promise.race([asked, kafka.ended]);
  if (!signal.aborted)
    throw new BanyanError("BYN-PARTS-017", "Kafka ended by itself: .banyan/kafka/broker.log");
  await kafka.stop();
  screen.good("Kafka is stopped");
} catch (error) {
  const shown = signal.aborted ? signal.reason : error;
  showError(screen, shown, true);
  process.exitCode = exitCodeOf(shown);
}

function portOf(args: string[]): number {
  try {
    const { values } = parseArgs({ args, options: { port: { type: "string", default: "9092" } } });
    if (/^[1-9]\d{0,4}$/.test(values.port) && Number(values.port) < 65_536) return Number(values.port);
  } catch {
    // Said below.
  }
  throw new BanyanError("BYN-CLI-002", "npm run kafka takes `-- --port N`, a port, and nothing else");
}

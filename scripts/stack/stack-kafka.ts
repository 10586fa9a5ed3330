import { join } from "node:path";
import type { CommandContext } from "../commands/context.ts";
import { cacheFolder } from "../parts/cache.ts";
import { makeBroker, takesConnections } from "../parts/kafka.ts";
import { installKafka } from "../parts/kafka-install.ts";
import { stopProcess } from "./process.ts";
import { baseEnvironment, type ServiceContext } from "./services.ts";
import { start } from "./starting.ts";
import { runsKafka } from "./state.ts";

/** Who reads and writes the log, and the log. */
const ON_THE_LOG = ["monolith-worker", "orders-worker", "inventory-worker", "kafka"];
const READY_WITHIN_MS = 60_000;

/** Fetches Kafka where it is not in the cache yet. @throws BYN-PARTS-014 without Java and Maven · 016 */
export function kafkaJars({ places, environment, screen, signal }: CommandContext): Promise<string> {
  return installKafka({
    cacheFolder: cacheFolder(environment),
    toolFolder: join(places.root, "tools", "kafka"),
    env: environment,
    say: screen.say,
    signal,
  });
}

/** Starts the stack's own Kafka, if it is to have one: not where `KAFKA_BROKERS` names somebody else's. */
export async function startStackKafka(
  context: CommandContext,
  { ports, log, environment }: Pick<ServiceContext, "ports" | "log" | "environment">,
  running: ReadonlySet<string>,
): Promise<void> {
  const { places, screen, signal } = context;
  if (environment.KAFKA_BROKERS !== undefined) screen.good(`Kafka: yours, at ${environment.KAFKA_BROKERS}`);
  if (!runsKafka(log, environment)) return;
  if (running.has("kafka")) {
    screen.good("kafka runs already");
    return;
  }
  const args = await makeBroker({
    jars: await kafkaJars(context),
    folder: places.kafka,
    port: ports.kafka,
    controllerPort: ports.kafkaController,
    env: environment,
    say: screen.say,
    signal,
  });
  const spec = {
    name: "kafka",
    command: "java",
    args,
    cwd: places.kafka,
    env: baseEnvironment(environment),
    port: ports.kafka,
    ready: { condition: () => takesConnections(ports.kafka) },
    readyWithinMs: READY_WITHIN_MS,
  };
  await start(context, spec, running);
}

/** Stops whoever stands on the log, by its own process id, so that it can be started on another one. */
export async function stopLog(home: string, running: Set<string>): Promise<void> {
  for (const name of ON_THE_LOG) {
    await stopProcess(home, name);
    running.delete(name);
  }
}

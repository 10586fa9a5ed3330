import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { waitFor } from "../stack/condition.ts";
import { freePort, requirePort } from "../stack/port.ts";
import { exists, makeFolder } from "./cache.ts";
import { type Say, tellingLines } from "./say.ts";
import { type Environment, runTool } from "./tool.ts";

export interface KafkaOptions {
  /** The folder of `installKafka`. */
  readonly jars: string;
  /** Data, settings and log of this broker; made if it is not there, kept when it stops. */
  readonly folder: string;
  readonly port: number;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

export interface BrokerOptions extends KafkaOptions {
  /** On which its one controller listens; only it asks there. */
  readonly controllerPort: number;
}

export interface Kafka {
  /** `127.0.0.1:PORT`, for clients. */
  readonly address: string;
  readonly pid: number;
  /** Resolves when its process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Stops it by its own pid and waits for its end. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const LOOK_MS = 50;

/**
 * Settings and data folder of one broker of Kafka (KRaft: its own controller too) on 127.0.0.1, made where they are not
 * there. Answers the arguments of `java` that run it.
 * @throws BYN-PARTS-013, -014, -017
 */
export async function makeBroker(options: BrokerOptions): Promise<string[]> {
  const { folder, port, controllerPort } = options;
  await makeFolder(folder);
  const settings = join(folder, "server.properties");
  const data = join(folder, "data");
  await writeFile(settings, settingsOf(data, port, controllerPort));
  if (!(await exists(join(data, "meta.properties")))) await format(settings, options);
  const jvm = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath(options.jars)];
  return [...jvm, "kafka.Kafka", settings];
}

/**
 * Starts a broker as a child of this process and waits until it takes connections.
 * @throws BYN-PARTS-005, -013, -014, -017
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { folder, port, env, say, signal } = options;
  await requirePort(port, "Kafka");
  const args = await makeBroker({ ...options, controllerPort: await freePort() });
  say(`starting Kafka on port ${port}`);
  const logFile = join(folder, "broker.log");
  const log = await open(logFile, "w");
  const child = spawn("java", args, {
    cwd: folder,
    env: { ...env },
    stdio: ["ignore", log.fd, log.fd],
  });
  const ended = endOf(child);
  try {
    await ready(child, port, signal);
  } catch (cause) {
    await stop(child, ended);
    signal?.throwIfAborted();
    const said = tellingLines(await readFile(logFile, "utf8"), 4);
    const detail = `Kafka on port ${port}: ${(cause as Error).message}. ${said}`;
    throw new BanyanError("BYN-PARTS-017", detail, { cause });
  } finally {
    await log.close();
  }
  return {
    address: `127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => stop(child, ended),
  };
}

function classPath(jars: string): string {
  return join(jars, "*");
}

async function format(settings: string, { jars, env, say, signal }: KafkaOptions): Promise<void> {
  say("making Kafka's data folder");
  const tool = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classPath(jars), "kafka.tools.StorageTool"];
  const id = await runTool("java", [...tool, "random-uuid"], { env, signal });
  const made = await runTool("java", [...tool, "format", "-t", id.stdout.trim(), "-c", settings], {
    env,
    signal,
  });
  if (made.code === 0) return;
  const said = tellingLines(`${made.stdout}\n${made.stderr}`, 4);
  throw new BanyanError("BYN-PARTS-017", `its data folder could not be made: ${said}`);
}

/** One broker alone: what is acknowledged stands on this machine only. */
function settingsOf(data: string, port: number, controllerPort: number): string {
  return `${[
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names=CONTROLLER",
    `log.dirs=${data}`,
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=4",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "group.initial.rebalance.delay.ms=0",
  ].join("\n")}\n`;
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}

async function ready(child: ChildProcess, port: number, signal?: AbortSignal): Promise<void> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  const over = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  const wait = { withinMs: READY_WITHIN_MS, everyMs: LOOK_MS, signal };
  const came = await waitFor(async () => over() || (await takesConnections(port)), wait);
  if (failure !== undefined) throw failure;
  if (over()) throw new Error("it ended at once");
  if (!came) throw new Error("it took no connections within a minute");
}

/** Whether somebody listens on that port of 127.0.0.1. */
export function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(late);
}

import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { lastLines } from "../parts/say.ts";
import type { Environment } from "../parts/tool.ts";
import { waitFor } from "../stack/condition.ts";
import { baseEnvironment } from "../stack/services.ts";
import type { Arm } from "./kinds.ts";
import { benchSettings } from "./settings.ts";
import { makeUsers } from "./users.ts";

/** A process that is asked. Of the arm `direct` it is the upstream itself. */
export interface Target {
  readonly pid: number;
  readonly port: number;
}

export interface Arms {
  readonly targets: Readonly<Record<Arm, Target>>;
  /** Every process of the bench, for what the machine does besides. */
  readonly generator: ChildProcess;
  readonly cookies: readonly string[];
}

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly log: string;
}

const USERS = 32;
const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 5_000;
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/**
 * The processes of one bench, all on ports from the system, their logs and settings in one folder. Whatever was
 * started, `stop` stops, by its own pid; each also ends by itself when this process is gone.
 */
export class ArmProcesses {
  readonly #folder: string;
  readonly #environment: Environment;
  readonly #started: Started[] = [];

  constructor(folder: string, environment: Environment) {
    this.#folder = folder;
    this.#environment = baseEnvironment(environment);
  }

  /** @throws BYN-PARTS-007, -008, -014 when one does not come up */
  async start(signal: AbortSignal): Promise<Arms> {
    const visitorKey = randomBytes(32);
    const { cookies, jwks } = await makeUsers(USERS, visitorKey);
    const upstream = await this.#fork("upstream", here("./upstream.ts"), []);
    upstream.child.send(jwks);
    const [first = 0, second = 0] = await this.#ports(upstream, signal);
    const origin = (port: number) => `http://127.0.0.1:${port}`;
    const express = await this.#fork("express", here("./express-hpm.ts"), [origin(first)]);
    const [expressPort = 0] = await this.#ports(express, signal);
    const config = join(this.#folder, "banyan.json");
    await writeFile(config, benchSettings(origin(first), origin(second)));
    const banyan = await this.#fork(
      "banyan",
      here("../../proxy/main.ts"),
      ["--config", config, "--port", "0", "--admin-port", "0"],
      secrets(visitorKey),
    );
    const banyanPort = await this.#loggedPort(banyan, signal);
    const generator = await this.#fork("generator", here("./saturate.ts"), []);
    return {
      targets: {
        direct: { pid: upstream.pid, port: first },
        express: { pid: express.pid, port: expressPort },
        banyan: { pid: banyan.pid, port: banyanPort },
      },
      generator: generator.child,
      cookies,
    };
  }

  /** Stops all, the last one first; kills what does not end in time. */
  async stop(): Promise<void> {
    for (const { child } of this.#started.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      await ended;
      clearTimeout(kill);
    }
  }

  /** In a group of its own: a Ctrl-C reaches only us, and we stop them in order. */
  async #fork(name: string, file: string, args: readonly string[], more: Environment = {}): Promise<Started> {
    const log = join(this.#folder, `${name}.log`);
    const output = await open(log, "a", 0o600);
    try {
      const child = fork(file, args, {
        execArgv: ["--import", here("./end-with-parent.ts")],
        env: { ...this.#environment, LOG_LEVEL: "info", ...more },
        stdio: ["ignore", output.fd, output.fd, "ipc"],
        detached: true,
      });
      child.on("error", () => {});
      if (child.pid === undefined) throw new BanyanError("BYN-PARTS-014", `${file} can't be started.`);
      const started = { child, pid: child.pid, log };
      this.#started.push(started);
      return started;
    } finally {
      await output.close();
    }
  }

  /** The ports that a process of ours tells its parent. */
  async #ports(started: Started, signal: AbortSignal): Promise<readonly number[]> {
    const told = Promise.withResolvers<readonly number[]>();
    started.child.once("message", ({ ports }: { readonly ports: readonly number[] }) => told.resolve(ports));
    let ports: readonly number[] = [];
    void told.promise.then((said) => {
      ports = said;
    });
    await this.#until(started, async () => ports.length > 0, signal);
    return ports;
  }

  /** The port that the proxy writes into its log once it listens. */
  async #loggedPort(started: Started, signal: AbortSignal): Promise<number> {
    let port = 0;
    const listening = async () => {
      port = Number(/"port":(\d+),"adminPort"/.exec(await readFile(started.log, "utf8"))?.[1] ?? 0);
      return port > 0;
    };
    await this.#until(started, listening, signal);
    return port;
  }

  async #until({ child, log }: Started, ready: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const over = () => child.exitCode !== null || child.signalCode !== null;
    const wait = { withinMs: READY_WITHIN_MS, everyMs: 50, signal };
    const came = await waitFor(async () => over() || (await ready()), wait);
    if (came && !over()) return;
    const tail = lastLines(await readFile(log, "utf8").catch(() => ""), 8);
    throw new BanyanError(over() ? "BYN-PARTS-007" : "BYN-PARTS-008", `${log}:\n${tail}`);
  }
}

/** Everything on: each key that a feature of the proxy needs. */
function secrets(visitorKey: Buffer): Environment {
  const key = () => randomBytes(32).toString("base64url");
  return {
    BANYAN_VISITOR_KEY: visitorKey.toString("base64url"),
    BANYAN_OVERRIDE_KEY: key(),
    BANYAN_ADMIN_TOKEN: key(),
    BANYAN_DEBUG_TOKEN: key(),
  };
}

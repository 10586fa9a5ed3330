import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { flagSourceOf } from "@banyan/platform/flags/source-of.ts";
import { exitCodeOf, type Running, runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { loadSettings, type Settings } from "@banyan/platform/settings/settings.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { startProxy } from "./app.ts";
import { httpForwarder } from "./forward/http-forwarder.ts";
import { featuresOff, type Keys } from "./keys.ts";
import { startFailure, USAGE } from "./start-failure.ts";

const key = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 bytes in base64url");
const token = z.string().min(16, "must have at least 16 characters");
const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const environmentSchema = z.object({
  BANYAN_OVERRIDE_KEY: key.optional(),
  BANYAN_VISITOR_KEY: key.optional(),
  BANYAN_ADMIN_TOKEN: token.optional(),
  BANYAN_DEBUG_TOKEN: token.optional(),
  /** Where the last known flags are kept across restarts. */
  BANYAN_FLAGS_BACKUP: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(levels).default("info"),
});

const STOP_BOUND_MS = 8_000;

const log = createLog("proxy", levels.find((level) => level === process.env.LOG_LEVEL) ?? "info");
if (process.argv.includes("--help")) process.stdout.write(`${USAGE}\n`);
else await runProcess(log, startOrSay);

/** A start that fails for a reason with a code is told to the person who typed it; anything else goes into the log. */
async function startOrSay(): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof BanyanError)) throw error;
    process.stderr.write(startFailure(error));
    process.exit(exitCodeOf(error.code));
  }
}

async function start(): Promise<Running> {
  await startTelemetry(process.env, "proxy", log);
  const environment = readEnvironment(environmentSchema, process.env);
  const asked = readArguments();
  const settings = () => withPorts(loadSettings(asked.config, process.env), asked.port, asked.adminPort);
  const visitorKey = environment.BANYAN_VISITOR_KEY;
  const keys: Keys = {
    override: environment.BANYAN_OVERRIDE_KEY,
    visitor: visitorKey === undefined ? undefined : Buffer.from(visitorKey, "base64url"),
    adminToken: environment.BANYAN_ADMIN_TOKEN,
    debugToken: environment.BANYAN_DEBUG_TOKEN,
  };
  const backupFolder = environment.BANYAN_FLAGS_BACKUP ?? resolve(".banyan", "flags");
  const first = settings();
  const proxy = await startProxy({
    settings: first,
    readAgain: settings,
    flagSource: (read) => flagSourceOf(read, { appName: "banyan-proxy", backupFolder }, log),
    forwarder: httpForwarder(),
    keys,
    nowMs: Date.now,
    log,
    stopBoundMs: STOP_BOUND_MS,
  });
  process.on("SIGHUP", () => void proxy.reload());
  for (const feature of featuresOff(keys)) log.info(`off: ${feature}`);
  const { port, adminPort } = proxy;
  const capabilities = Object.keys(first.capabilities);
  log.info({ port, adminPort, capabilities }, `listening on http://${first.listen.host}:${port}`);
  return proxy;
}

function readArguments(): { config: string; port: number | undefined; adminPort: number | undefined } {
  try {
    const { values } = parseArgs({
      options: { config: { type: "string" }, port: { type: "string" }, "admin-port": { type: "string" } },
    });
    if (values.config === undefined) throw new Error("--config FILE is missing");
    return { config: values.config, port: portOf(values.port), adminPort: portOf(values["admin-port"]) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BanyanError("BYN-CONFIG-006", why);
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`${text} is not a port`);
  return Number(text);
}

/** The command line's ports stand over the file's, at a reload too. */
function withPorts(settings: Settings, port: number | undefined, adminPort: number | undefined): Settings {
  const { listen, admin } = settings;
  return {
    ...settings,
    listen: { ...listen, port: port ?? listen.port },
    admin: { ...admin, port: adminPort ?? admin.port },
  };
}

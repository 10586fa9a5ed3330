import { flushCompileCache } from "node:module";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "../logging/log.ts";
import { stopTelemetry } from "../telemetry/telemetry.ts";

/** What a process gives back once it runs: how to stop it. */
export interface Running {
  /** Finishes what is in hand and closes everything; called once. */
  stop(): Promise<void>;
}

const STOP_BOUND_MS = 10_000;

/**
 * Runs a process until SIGTERM or SIGINT, then stops it, bounded in time. A failed start is logged once, with its
 * code, and ends with exit code 1 (2 when the configuration is at fault, 5 when a real part is missing).
 */
export async function runProcess(log: Log, start: () => Promise<Running>): Promise<void> {
  process.on("unhandledRejection", (reason) => die(log, reason));
  process.on("uncaughtException", (error) => die(log, error));
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    die(log, error);
    return;
  }
  // For the next one, where NODE_COMPILE_CACHE is set: one that is killed could not say it at its end.
  flushCompileCache();
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  log.info({ signal }, "stopping");
  setTimeout(() => die(log, new Error(`did not stop within ${STOP_BOUND_MS} ms`)), STOP_BOUND_MS).unref();
  await running.stop();
  const flushed = await stopTelemetry();
  log.info("stopped");
  process.exitCode = 0;
  if (!flushed) process.exit();
}

/** Runs a process that does one thing and ends. A failure is logged once and ends it with the exit codes of `runProcess`. */
export async function runOnce(log: Log, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    die(log, error);
  }
}

function die(log: Log, error: unknown): void {
  const code = error instanceof BanyanError ? error.code : undefined;
  log.fatal({ err: error, code }, error instanceof Error ? error.message : "failed");
  process.exit(exitCodeOf(code));
}

/** Of a start that failed: 2 when the configuration is at fault, 5 when a real part is missing, else 1. */
export function exitCodeOf(code: string | undefined): number {
  if (code?.startsWith("BYN-CONFIG-")) return 2;
  if (code?.startsWith("BYN-PARTS-")) return 5;
  return 1;
}

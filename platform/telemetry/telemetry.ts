import type { Log } from "../logging/log.ts";
import { readTelemetry, type Variables } from "./settings.ts";
import { setTracing } from "./tracing.ts";

/** A process that stops waits this long for its last spans to go out. */
const FLUSH_BOUND_MS = 1_000;

let close: (() => Promise<void>) | undefined;

/**
 * Turns tracing on if the environment asks for it (settings.ts), and does nothing otherwise: OpenTelemetry's SDK is
 * not even loaded. Called first in a process, before pools and servers are made, which look once whether it is on.
 * `serviceName` is the name in traces where OTEL_SERVICE_NAME gives no other. Never rejects for what is in the
 * variables: traces are no reason not to serve.
 */
export async function startTelemetry(variables: Variables, serviceName: string, log: Log): Promise<void> {
  const { settings, warnings } = readTelemetry(variables);
  for (const warning of warnings) log.warn(`traces: ${warning}`);
  if (settings === undefined) return;
  try {
    const { openSdk } = await import("./sdk.ts");
    const opened = openSdk(settings, serviceName, log);
    close = opened.close;
    setTracing(opened.tracing);
    log.info({ sampler: settings.sampler }, "traces are on");
  } catch (error) {
    // An endpoint that is no URL, say.
    log.warn({ err: error }, "traces: they cannot be sent as the variables say, and stay off");
  }
}

/**
 * Sends the spans that are left, for a bounded time. False: the collector took too long and they are lost; the
 * process should then end by itself, for the sender would hold it until its own, longer time-out.
 */
export async function stopTelemetry(): Promise<boolean> {
  const closing = close;
  if (closing === undefined) return true;
  close = undefined;
  setTracing(undefined);
  const bound = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => bound.resolve(false), FLUSH_BOUND_MS);
  const flushed = closing().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([flushed, bound.promise]);
  } finally {
    clearTimeout(timer);
  }
}

import type * as Api from "@opentelemetry/api";

export type { Context, Span } from "@opentelemetry/api";

/** What the seams need while tracing is on. The API package too is only loaded then. */
export interface Tracing {
  readonly api: typeof Api;
  readonly tracer: Api.Tracer;
}

/** One for each process, like OpenTelemetry's own globals: a span must not be handed through every function. */
let current: Tracing | undefined;

/** Undefined while tracing is off: then a seam does nothing at all. */
export function tracing(): Tracing | undefined {
  return current;
}

export function setTracing(next: Tracing | undefined): void {
  current = next;
}

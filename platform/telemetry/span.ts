import type { Attributes } from "@opentelemetry/api";
import { errorType } from "./attributes.ts";
import { tracing } from "./tracing.ts";

/** Runs `work` in a span of its own, for what nobody asked for over HTTP or what is worth seeing apart. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  const on = tracing();
  if (on === undefined) return work();
  const { api, tracer } = on;
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (thrown) {
      span.setAttribute("error.type", errorType(thrown));
      span.setStatus({ code: api.SpanStatusCode.ERROR });
      throw thrown;
    } finally {
      span.end();
    }
  });
}

/** What a log line says of the span that it was written in; undefined when there is none. */
export function spanFields(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const context = tracing()?.api.trace.getActiveSpan()?.spanContext();
  return context === undefined ? undefined : { trace_id: context.traceId, span_id: context.spanId };
}

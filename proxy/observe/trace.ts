import { methodOf, serverOf, spanName } from "@banyan/platform/telemetry/attributes.ts";
import { type Context, type Span, type Tracing, tracing } from "@banyan/platform/telemetry/tracing.ts";
import type { Exchange } from "../exchange.ts";
import type { AccessLine } from "./access-line.ts";

/** What the proxy adds to a trace: a span for the exchange, and one within it for the upstream's part. */
export interface ExchangeTrace {
  /** For log lines. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** Begins the upstream's part. The fields, as flat pairs, tell the upstream which span it is asked from. */
  forward(upstream: string): readonly string[];
  /** The exchange is over. `error`: what was refused or went wrong. */
  end(line: AccessLine, error: Error | undefined): void;
}

/**
 * Begins the trace of an exchange whose peer is known; undefined while tracing is off. A trusted peer's trace goes on,
 * with its sampling. Anybody else could sample whatever they like and write into other people's traces: their
 * request begins a new trace, which only links to theirs.
 */
export function beginTrace({ request, trusted }: Exchange): ExchangeTrace | undefined {
  const on = tracing();
  if (on === undefined) return undefined;
  const { api, tracer } = on;
  const given = api.propagation.extract(api.ROOT_CONTEXT, request.headers);
  const theirs = api.trace.getSpanContext(given);
  const links =
    trusted || theirs === undefined
      ? []
      : [{ context: { traceId: theirs.traceId, spanId: theirs.spanId, traceFlags: theirs.traceFlags } }];
  const method = methodOf(request.method);
  const attributes = { "http.request.method": method, "url.scheme": "http" };
  const kind = api.SpanKind.SERVER;
  const from = trusted ? given : api.ROOT_CONTEXT;
  const span = tracer.startSpan(spanName(method, undefined), { kind, attributes, links }, from);
  const { traceId, spanId } = span.spanContext();
  const within = api.trace.setSpan(from, span);
  let upstreamSpan: Span | undefined;
  return {
    ids: { trace_id: traceId, span_id: spanId },
    forward(upstream) {
      upstreamSpan?.end();
      upstreamSpan = upstreamPart(on, within, method, new URL(upstream));
      const fields: string[] = [];
      const to = api.trace.setSpan(within, upstreamSpan);
      api.propagation.inject(to, fields, { set: (into, name, value) => into.push(name, value) });
      return fields;
    },
    end(line, error) {
      const status = line.status === 0 ? undefined : line.status;
      const failed = line.status >= 500 || line.ended === "broken-off";
      upstreamSpan?.setAttributes({
        // A problem document of our own is no answer of the upstream's.
        "http.response.status_code": line.upstreamMs === undefined ? undefined : status,
        "banyan.sent_again": line.sentAgain,
      });
      for (const each of upstreamSpan === undefined ? [span] : [upstreamSpan, span]) {
        if (line.code !== undefined) each.setAttribute("banyan.error.code", line.code);
        if (!failed) continue;
        each.setAttribute("error.type", line.code ?? String(line.status));
        each.setStatus({ code: api.SpanStatusCode.ERROR });
      }
      if (failed && error !== undefined) span.recordException(error);
      upstreamSpan?.end();
      if (line.route !== undefined) span.updateName(spanName(method, line.route));
      span.setAttributes({
        "url.path": line.path,
        "http.route": line.route,
        "http.response.status_code": status,
        "banyan.capability": line.capability,
        "banyan.side": line.side,
        "banyan.decision.reason": line.reason,
        "banyan.request_id": line.requestId,
        "banyan.ended": line.ended === "complete" ? undefined : line.ended,
      });
      span.end();
    },
  };
}

function upstreamPart({ api, tracer }: Tracing, within: Context, method: string, to: URL): Span {
  const attributes = {
    "http.request.method": method,
    "url.scheme": to.protocol.slice(0, -1),
    ...serverOf(to),
  };
  return tracer.startSpan(spanName(method, undefined), { kind: api.SpanKind.CLIENT, attributes }, within);
}

import type { RequestListener } from "node:http";
import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Span } from "@opentelemetry/api";
import { routeOf } from "../http/route-of.ts";
import { methodOf, spanName } from "./attributes.ts";
import { tracing } from "./tracing.ts";

const PROBES = new Set(["/livez", "/readyz"]);

/** The codes of refused requests, until their spans end. */
const codes = new WeakMap<Span, string>();

/**
 * A span for each request that `listener` serves, a child of the caller's if it names one: who reaches us stands
 * behind the proxy. All that the request does is in it. While tracing is off it is the listener itself. Probes are
 * left out, and so is the query: it may hold what nobody wants in a trace.
 */
export function traced(listener: RequestListener): RequestListener {
  const on = tracing();
  if (on === undefined) return listener;
  const { api, tracer } = on;
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    if (PROBES.has(path)) {
      listener(request, response);
      return;
    }
    const from = api.propagation.extract(api.ROOT_CONTEXT, request.headers);
    const method = methodOf(request.method);
    const attributes = { "http.request.method": method, "url.path": path, "url.scheme": "http" };
    const span = tracer.startSpan(
      spanName(method, undefined),
      { kind: api.SpanKind.SERVER, attributes },
      from,
    );
    response.once("close", () => {
      const route = routeOf(request);
      if (route !== undefined) {
        span.updateName(spanName(method, route));
        span.setAttribute("http.route", route);
      }
      const code = codes.get(span);
      if (code !== undefined) span.setAttribute("banyan.error.code", code);
      if (response.headersSent) span.setAttribute("http.response.status_code", response.statusCode);
      if (!response.writableFinished) span.setAttribute("banyan.ended", "client-left");
      if (response.statusCode >= 500) {
        span.setAttribute("error.type", code ?? String(response.statusCode));
        span.setStatus({ code: api.SpanStatusCode.ERROR });
      }
      span.end();
    });
    api.context.with(api.trace.setSpan(from, span), () => listener(request, response));
  };
}

/** Notes on the request's span that it was refused; what broke stands there too, where it was not the client. */
export function recordProblem(error: BanyanError, thrown: unknown): void {
  const span = tracing()?.api.trace.getActiveSpan();
  if (span === undefined || !span.isRecording()) return;
  codes.set(span, error.code);
  if (error.entry.status >= 500) span.recordException(thrown instanceof Error ? thrown : error);
}

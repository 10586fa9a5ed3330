import { errorType, methodOf, serverOf, spanName } from "./attributes.ts";
import { tracing } from "./tracing.ts";

/** `fetch` with a span around it, which the one who is asked is told of (W3C Trace Context). While tracing is off, `fetch`. */
export async function tracedFetch(url: string | URL, init: RequestInit): Promise<Response> {
  const on = tracing();
  if (on === undefined) return fetch(url, init);
  const { api, tracer } = on;
  const to = new URL(url);
  const method = methodOf(init.method ?? "GET");
  const span = tracer.startSpan(spanName(method, undefined), {
    kind: api.SpanKind.CLIENT,
    attributes: { "http.request.method": method, "url.full": to.origin + to.pathname, ...serverOf(to) },
  });
  const headers = new Headers(init.headers);
  // They named our caller's span.
  headers.delete("traceparent");
  headers.delete("tracestate");
  const within = api.trace.setSpan(api.context.active(), span);
  api.propagation.inject(within, headers, { set: (into, name, value) => into.set(name, value) });
  try {
    const answer = await fetch(to, { ...init, headers });
    span.setAttribute("http.response.status_code", answer.status);
    if (answer.status >= 400) {
      span.setAttribute("error.type", String(answer.status));
      span.setStatus({ code: api.SpanStatusCode.ERROR });
    }
    return answer;
  } catch (cause) {
    span.setAttribute("error.type", errorType(cause));
    span.setStatus({ code: api.SpanStatusCode.ERROR });
    throw cause;
  } finally {
    span.end();
  }
}

import type { Span } from "@opentelemetry/api";
import type { Pool, PoolClient } from "pg";
import { errorType, serverOf } from "./attributes.ts";
import { type Tracing, tracing } from "./tracing.ts";

type Ask = (...given: unknown[]) => unknown;
type Acquired = (...given: unknown[]) => void;

/**
 * A span for each statement that `pool` runs within a span: what a worker asks all day by itself is not traced. It
 * says the text, never the values. `pool.query`'s spans begin before a connection is there; the event `connection`
 * marks when one was, if it had to be waited for. Nothing is changed while tracing is off.
 */
export function traceStatements(pool: Pool, url: string): void {
  const on = tracing();
  if (on === undefined) return;
  const address = new URL(url);
  const where = {
    "db.system.name": "postgresql",
    "db.namespace": decodeURIComponent(address.pathname.slice(1)),
    ...serverOf(address),
  };
  const wrap = (ask: Ask): Ask => {
    return (...given) => {
      // pg-pool asks its client with a callback: the statement of a `pool.query`, which has its span.
      const text = textOf(given[0]);
      const parent = on.api.trace.getActiveSpan();
      if (text === undefined || typeof given.at(-1) === "function" || parent?.isRecording() !== true) {
        return ask(...given);
      }
      const operation = /^\s*([A-Za-z]+)/.exec(text)?.[1]?.toUpperCase();
      const span = on.tracer.startSpan(`${operation ?? "SQL"} ${where["db.namespace"]}`, {
        kind: on.api.SpanKind.CLIENT,
        attributes: { ...where, "db.query.text": text, "db.operation.name": operation },
      });
      return ended(
        on,
        span,
        on.api.context.with(on.api.trace.setSpan(on.api.context.active(), span), () => ask(...given)),
      );
    };
  };

  const connect = pool.connect.bind(pool) as unknown as Ask;
  const acquire: Ask = (...given) => {
    const span = on.api.trace.getActiveSpan();
    if (pool.idleCount > 0 || span?.isRecording() !== true) return connect(...given);
    const [acquired] = given;
    if (typeof acquired === "function") {
      const noted: Acquired = (...got) => {
        span.addEvent("connection");
        acquired(...got);
      };
      return connect(noted);
    }
    const waiting = on.tracer.startSpan("connect", { attributes: where });
    return ended(on, waiting, connect());
  };

  pool.query = wrap(pool.query.bind(pool) as unknown as Ask) as unknown as Pool["query"];
  pool.connect = acquire as unknown as Pool["connect"];
  pool.on("connect", (client: PoolClient) => {
    client.query = wrap(client.query.bind(client) as unknown as Ask) as unknown as PoolClient["query"];
  });
}

/** The text of a statement; undefined for cursors and streams, which end in their own time. */
function textOf(asked: unknown): string | undefined {
  if (typeof asked === "string") return asked;
  if (typeof asked !== "object" || asked === null || "submit" in asked || !("text" in asked))
    return undefined;
  return typeof asked.text === "string" ? asked.text : undefined;
}

/** Ends the span with the promise, and gives back the promise itself. */
function ended({ api }: Tracing, span: Span, asked: unknown): unknown {
  if (!(asked instanceof Promise)) {
    span.end();
    return asked;
  }
  asked.then(
    () => span.end(),
    (thrown: unknown) => {
      const type = errorType(thrown);
      span.setAttribute("error.type", type);
      if (/^[0-9A-Z]{5}$/.test(type)) span.setAttribute("db.response.status_code", type);
      span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    },
  );
  return asked;
}

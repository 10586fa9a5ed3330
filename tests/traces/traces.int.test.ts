import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { until } from "../sync/both-sides.ts";
import { type Collector, type ReceivedSpan, startCollector, startSilentCollector } from "./collector.ts";
import { startWhole, type Whole } from "./whole.ts";

const CALLER = "b7ad6b7169203331";
let last = 0;
/** A new trace of a caller that samples. */
const newTrace = () => `0af7651916cd43dd8448eb21${(++last).toString(16).padStart(8, "0")}`;
const traceparent = (trace: string) => ({ traceparent: `00-${trace}-${CALLER}-01` });

describe("traces", () => {
  let collector: Collector;
  let whole: Whole;
  beforeAll(async () => {
    collector = await startCollector();
    whole = await startWhole(inject("postgresUrl"), {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
    });
  });
  afterAll(async () => {
    await whole?.stop();
    await collector?.stop();
  });

  const of = (trace: string) => collector.spans.filter((span) => span.traceId === trace);
  const isOuter = (span: ReceivedSpan) => span.parentId === CALLER;
  /** The spans of a trace, once each of `wanted` is there, and no parent is missing. */
  const arrived = async (trace: string, ...wanted: ((span: ReceivedSpan) => boolean)[]) => {
    await until("the spans arrive", async () => {
      const spans = of(trace);
      const ids = new Set([CALLER, ...spans.map((span) => span.spanId)]);
      const isWhole = spans.every((span) => ids.has(span.parentId));
      return isWhole && [isOuter, ...wanted].every((which) => spans.some(which));
    });
    return of(trace);
  };
  const isFrom = (service: string) => (span: ReceivedSpan) => span.service === service;
  /** A statement that a side ran for a request. */
  const isReadOf = (service: string) => (span: ReceivedSpan) =>
    span.service === service && "db.query.text" in span.attributes;
  /** From a span up to the caller, as `service kind name`. */
  const upwards = (spans: readonly ReceivedSpan[], from: ReceivedSpan | undefined): string[] => {
    if (from === undefined) return ["a parent is missing"];
    const said = `${from.service} ${from.kind} ${from.name}`;
    if (from.parentId === CALLER) return [said];
    return [
      said,
      ...upwards(
        spans,
        spans.find((span) => span.spanId === from.parentId),
      ),
    ];
  };

  it("lead from a caller through the proxy to each side and its Postgres, each a child of who asked", async () => {
    for (const [path, side, route] of [
      [`/api/products/${whole.productId}?q=secret`, "catalog", "/api/products/:id"],
      [`/api/inventory/${whole.productId}?q=secret`, "monolith", "/api/inventory/:sku"],
    ] as const) {
      const trace = newTrace();
      expect((await fetch(whole.url + path, { headers: traceparent(trace) })).status).toBe(200);
      // The catalog's first request also asks whether its copy was ever filled, without a parameter.
      const isIt = (span: Parameters<ReturnType<typeof isReadOf>>[0]) =>
        isReadOf(side)(span) && String(span.attributes["db.query.text"]).includes("$1");
      const spans = await arrived(trace, isIt);
      const statement = spans.find(isIt);
      const name = side === "catalog" ? `GET ${route}` : "GET";
      expect(upwards(spans, statement).slice(1)).toEqual([
        `${side} server GET ${route}`,
        "proxy client GET",
        `proxy server ${name}`,
      ]);
      expect(statement?.attributes).toMatchObject({
        "db.system.name": "postgresql",
        "server.address": "127.0.0.1",
      });
      expect(statement?.attributes["db.query.text"]).toContain("SELECT");
      expect(JSON.stringify(statement)).not.toContain(whole.productId);
      expect(spans.find(isOuter)?.attributes).toMatchObject({
        "http.request.method": "GET",
        "url.path": path.split("?")[0],
        "http.response.status_code": 200,
        "banyan.side": side === "catalog" ? "extracted" : "monolith",
        "banyan.decision.reason": side === "catalog" ? "everyone" : "unmatched",
      });
      expect(spans.find(isOuter)?.attributes["banyan.capability"]).toBe(
        side === "catalog" ? side : undefined,
      );
      expect(JSON.stringify(spans)).not.toContain("secret");
    }
  });

  it("hold a page together: storefront, proxy again, both sides, Postgres", async () => {
    const trace = newTrace();
    const page = await fetch(`${whole.url}/catalog/products/${whole.freshProductId}`, {
      headers: traceparent(trace),
    });
    expect(page.status).toBe(200);
    const spans = await arrived(trace, isReadOf("catalog"), isReadOf("monolith"));
    /** From the first statement for a route of a side up to the caller. */
    const wayUp = (service: string, route: string) => {
      const server = spans.find((span) => isFrom(service)(span) && span.attributes["http.route"] === route);
      const statement = spans.find((span) => isReadOf(service)(span) && span.parentId === server?.spanId);
      return upwards(spans, statement).slice(1);
    };
    const storefront = [
      "proxy client GET",
      expect.stringMatching(/^proxy server GET/),
      "monolith client GET",
      "monolith server GET /catalog/products/:id",
      "proxy client GET",
      "proxy server GET",
    ];
    for (const [service, route] of [
      ["catalog", "/api/products/:id"],
      ["monolith", "/api/inventory/:sku"],
    ] as const) {
      expect(wayUp(service, route)).toEqual([`${service} server GET ${route}`, ...storefront]);
    }
  });

  it("name our code where something failed, and the lines of the log name the trace", async () => {
    const trace = newTrace();
    const answer = await fetch(`${whole.url}/api/inventory/no-such`, { headers: traceparent(trace) });
    expect(answer.status).toBe(404);
    const spans = await arrived(trace, isFrom("monolith"));
    const inner = spans.find((span) => span.service === "monolith");
    expect(inner).toMatchObject({ failed: false, attributes: { "banyan.error.code": "BYN-SHOP-003" } });
    const isLine = ({ trace_id, status }: Whole["proxy"]["lines"][number]) =>
      trace_id === trace && status === 404;
    await until("the access line is written", async () => whole.proxy.lines.some(isLine));
  });

  it("show what the worker does with a change, and nothing of its rounds without one", async () => {
    const isWorkers = isFrom("catalog-worker");
    await whole.editFollowed();
    await until("it arrives", async () =>
      collector.spans.some((span) => isWorkers(span) && span.parentId === ""),
    );
    const [follow, ...more] = collector.spans.filter((span) => isWorkers(span) && span.parentId === "");
    expect(follow).toMatchObject({
      name: "follow",
      attributes: { "banyan.capability": "catalog", "banyan.lag": 1 },
    });
    expect(more).toEqual([]);
    const texts = of(follow?.traceId ?? "").map((span) => String(span.attributes["db.query.text"]));
    expect(texts.filter((text) => text.includes("INSERT INTO product"))).toHaveLength(1);
  });

  it("begin anew, with a link, for a peer that the proxy does not trust", async () => {
    const stranger = await whole.anotherProxy("10.0.0.0/8", {});
    const trace = newTrace();
    await fetch(`http://127.0.0.1:${stranger.port}/api/products/${whole.productId}`, {
      headers: traceparent(trace),
    });
    await until("the link arrives", async () => collector.spans.some((span) => span.links.includes(trace)));
    const outer = collector.spans.find((span) => span.links.includes(trace));
    expect(outer).toMatchObject({ service: "proxy", kind: "server", parentId: "" });
    await until("the catalog's span arrives", async () =>
      collector.spans.some((span) => span.service === "catalog" && span.traceId === outer?.traceId),
    );
    expect(of(trace)).toEqual([]);
  });

  it("keep to the sampler, and to a caller that does not sample", async () => {
    const before = collector.spans.length;
    const proxy = await whole.anotherProxy("127.0.0.1/32", { OTEL_TRACES_SAMPLER: "parentbased_always_off" });
    const url = `http://127.0.0.1:${proxy.port}/api/products/${whole.productId}`;
    expect((await fetch(url)).status).toBe(200);
    const unsampled = { traceparent: `00-${newTrace()}-${CALLER}-00` };
    expect((await fetch(url, { headers: unsampled })).status).toBe(200);
    const trace = newTrace();
    await fetch(url, { headers: traceparent(trace) });
    await arrived(trace, isFrom("catalog"));
    await proxy.stop();
    expect(collector.spans.slice(before).filter((span) => span.traceId !== trace)).toEqual([]);
  });

  it("say what failed when a side is gone, and go out before a process ends", async () => {
    const proxy = await whole.anotherProxy("127.0.0.1/32", { OTEL_BSP_SCHEDULE_DELAY: "60000" });
    await whole.catalog.kill();
    const trace = newTrace();
    const url = `http://127.0.0.1:${proxy.port}/api/products/${whole.productId}`;
    expect((await fetch(url, { headers: traceparent(trace) })).status).toBe(502);
    expect(await proxy.stop()).toEqual({ code: 0, errors: "" });
    const [outer, inner] = of(trace).sort((a, b) => Number(isOuter(b)) - Number(isOuter(a)));
    const attributes = { "error.type": "BYN-PROXY-010", "banyan.error.code": "BYN-PROXY-010" };
    expect(outer).toMatchObject({ failed: true, attributes, events: [{ name: "exception" }] });
    expect(inner).toMatchObject({ failed: true, kind: "client", parentId: outer?.spanId, attributes });
  });

  it("cost nobody an answer while the collector says nothing, and hold no process that stops", async () => {
    const silent = await startSilentCollector();
    const proxy = await whole.anotherProxy("127.0.0.1/32", {
      OTEL_EXPORTER_OTLP_ENDPOINT: silent.url,
      OTEL_BSP_MAX_QUEUE_SIZE: "4",
    });
    const url = `http://127.0.0.1:${proxy.port}/api/inventory/${whole.productId}`;
    await until("it is asked", async () => {
      expect((await fetch(url)).status).toBe(200);
      return silent.asked() > 0;
    });
    for (let i = 0; i < 20; i++) expect((await fetch(url)).status).toBe(200);
    const askedToStop = performance.now();
    expect(await proxy.stop()).toEqual({ code: 0, errors: "" });
    // The exporter alone would wait 10 s for an answer.
    expect(performance.now() - askedToStop).toBeLessThan(5_000);
    await silent.stop();
  });
});

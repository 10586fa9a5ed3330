import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { raw, stopAll, TEST_KEYS, until } from "../proxy.fixture.ts";
import { CUSTOMER, digestOf, notOwner, ordersProxy, post, SLOT, side, unknown } from "./side.fixture.ts";

afterEach(stopAll);

async function metricsOf(proxy: { adminPort: number }): Promise<string> {
  const headers = { authorization: `Bearer ${TEST_KEYS.adminToken}` };
  return await (await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`, { headers })).text();
}

describe("a request for an owned capability", () => {
  it.each(["with a length", "in chunks"])(
    "takes effect once, at the owner, its body (%s) byte for byte",
    async (how) => {
      const monolith = await side(false, 2);
      const extracted = await side(true, 2);
      const proxy = await ordersProxy(monolith, extracted);
      const body = "ü\r\n\0".repeat(10_000);
      const answered = await post(proxy.url, how === "in chunks" ? new Blob([body]).stream() : body);
      expect([answered.status, await answered.text()]).toEqual([201, "taken"]);
      expect([...answered.headers.keys()].filter((name) => name.includes("misdirected"))).toEqual([]);
      expect(extracted.effects).toEqual([digestOf(body)]);
      expect([monolith.asked(), extracted.asked()]).toEqual([1, 1]);
      await until(() => proxy.log.some(({ repeats }) => repeats === 1));
      const text = await metricsOf(proxy);
      expect(text).toContain('banyan_held_requests_total{capability="orders",outcome="answered"} 1');
      expect(text).not.toContain("banyan_errors_total{");
      expect(text).not.toContain('status="4xx"');
    },
  );

  it("waits while no side owns the slot, and is taken by the next owner", async () => {
    const monolith = await side(false, 2);
    const extracted = await side(false, 1);
    const proxy = await ordersProxy(monolith, extracted, { hold: "ms: 60000" });
    const answered = post(proxy.url);
    await until(() => extracted.asked() >= 3);
    extracted.owner = true;
    expect((await answered).status).toBe(201);
    expect(extracted.effects).toHaveLength(1);
    expect(monolith.asked()).toBe(1);
  });

  it("gets a foreign 421 as it is, and is not repeated", async () => {
    const monolith = await side(false, 1, (_request, response) => response.writeHead(421).end("foreign"));
    const extracted = await side(true, 1);
    const proxy = await ordersProxy(monolith, extracted);
    const answered = await post(proxy.url);
    expect([answered.status, await answered.text()]).toEqual([421, "foreign"]);
    expect(extracted.asked()).toBe(0);
  });

  it("is refused after a mark of another capability, and not repeated by one that the client sent along", async () => {
    const seen: IncomingMessage["headers"][] = [];
    const monolith = await side(false, 1, (request, response) => {
      seen.push(request.headers);
      notOwner(response, 1, SLOT, "catalog");
    });
    const extracted = await side(true, 1);
    const proxy = await ordersProxy(monolith, extracted);
    const mark = "orders;slot=7;epoch=9;reason=not-owner";
    const request = `GET /api/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Banyan-Misdirected: ${mark}\r\n\r\n`;
    const answered = await raw(proxy.port, request);
    expect(answered.status).toBe(502);
    expect(answered.text).toContain("BYN-PROXY-033");
    expect(answered.text).not.toContain("x-banyan-misdirected");
    expect(extracted.asked()).toBe(0);
    expect(seen).toHaveLength(1);
  });

  it("gets 503 with Retry-After past the bound, never our 421", async () => {
    const monolith = await side(false, 2);
    const extracted = await side(false, 1);
    const proxy = await ordersProxy(monolith, extracted, { hold: "ms: 50" });
    const answered = await post(proxy.url);
    expect([answered.status, answered.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answered.json()).toMatchObject({ code: "BYN-PROXY-031" });
    expect(answered.headers.get("x-banyan-misdirected")).toBeNull();
  });

  it("gets 404 when neither side knows the id", async () => {
    const proxy = await ordersProxy(await side(false, 1, unknown), await side(false, 1, unknown));
    const answered = await fetch(`${proxy.url}/api/orders`, { headers: CUSTOMER });
    expect(answered.status).toBe(404);
    expect(await answered.json()).toMatchObject({ code: "BYN-PROXY-032" });
  });

  it("is held no longer when its client leaves, and only so many are held", async () => {
    const monolith = await side(false, 2);
    const extracted = await side(false, 1);
    const proxy = await ordersProxy(monolith, extracted, { hold: "ms: 60000, requests: 1" });
    const leaving = new AbortController();
    const first = post(proxy.url, "one", leaving.signal).catch(() => "left");
    await until(() => extracted.asked() >= 2);
    const second = await post(proxy.url, "two");
    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await second.json()).toMatchObject({ code: "BYN-PROXY-029" });
    leaving.abort();
    expect(await first).toBe("left");
    await until(() => proxy.log.some(({ ended }) => ended === "client-left"));
    extracted.owner = true;
    expect((await post(proxy.url, "three")).status).toBe(201);
    expect(extracted.effects).toHaveLength(1);
  });
});

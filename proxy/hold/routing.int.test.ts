import { connect } from "node:net";
import { slotOf } from "@banyan/contracts/slot.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { rawUpstream, stopAll, testProxy, until, webUpstream } from "../proxy.fixture.ts";
import { FARTHEST_EPOCHS } from "./knowledge.ts";
import { CUSTOMER, notOwner, ordersProxy, post, SLOT, side, unknown } from "./side.fixture.ts";

afterEach(stopAll);

const MARK = "x-banyan-misdirected: orders;slot=7;epoch=9;reason=not-owner";

/** A key whose slot is at most 50, or above. */
function keyIn(half: "lower" | "upper", group = "orders"): string {
  for (let n = 1; ; n++) if (slotOf(group, `k-${n}`) <= 50 === (half === "lower")) return `k-${n}`;
}

async function signer() {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" };
  const { url } = await webUpstream((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  const tokenOf = (claims: Record<string, string>) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setExpirationTime("1 minute")
      .sign(privateKey);
  return { jwks: `jwks: { url: "${url}", algorithms: [ ES256 ] }\n`, tokenOf };
}

describe("where a request to an owned capability is sent first", () => {
  it("is the owner that a 421 told of, and it is learned anew when the slot moves", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    const proxy = await ordersProxy(monolith, extracted);
    for (let n = 0; n < 3; n++) expect((await post(proxy.url)).status).toBe(201);
    expect([monolith.asked(), extracted.asked()]).toEqual([1, 3]);
    [monolith.owner, monolith.epoch, extracted.owner, extracted.epoch] = [true, 3, false, 3];
    for (let n = 0; n < 3; n++) expect((await post(proxy.url)).status).toBe(201);
    expect([monolith.asked(), extracted.asked()]).toEqual([4, 4]);
    await until(() => proxy.log.filter(({ reason }) => reason === "owner").length >= 5);
  });

  it("is the side that the flag says for the slot key, while nothing is known", async () => {
    const [monolith, extracted] = [await side(true, 1), await side(true, 1)];
    const proxy = await ordersProxy(monolith, extracted, { percentage: 50 });
    const ask = (key?: string) =>
      fetch(`${proxy.url}/api/orders`, { headers: key === undefined ? {} : { "x-customer": key } });
    await ask(keyIn("lower"));
    expect([monolith.asked(), extracted.asked()]).toEqual([0, 1]);
    await ask(keyIn("upper"));
    await ask();
    expect([monolith.asked(), extracted.asked()]).toEqual([2, 1]);
  });

  it("goes by the parameter of the path, decoded", async () => {
    const [monolith, extracted] = [await side(true, 1), await side(true, 1)];
    const proxy = await ordersProxy(monolith, extracted, {
      routes: "'PUT /stock/:sku/reservations/:id'",
      slotKey: "{ param: sku }",
      percentage: 50,
    });
    const key = keyIn("lower");
    const escaped = [...key].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");
    for (const sku of [key, escaped, keyIn("upper")]) {
      expect((await fetch(`${proxy.url}/stock/${sku}/reservations/1`, { method: "PUT" })).status).toBe(201);
    }
    expect([monolith.asked(), extracted.asked()]).toEqual([1, 2]);
  });

  it("goes by the claim that is named, whatever the identity is", async () => {
    const { jwks, tokenOf } = await signer();
    const [monolith, extracted] = [await side(true, 1), await side(true, 1)];
    const proxy = await ordersProxy(monolith, extracted, {
      slotKey: "{ claim: customer }",
      percentage: 50,
      more: `${jwks}identity: [ { header: x-user }, { claim: sub, cookie: s }, { claim: customer, cookie: s } ]
trust: [ 127.0.0.1 ]
`,
    });
    const ask = async (customer: string, sub: string, more = {}) => {
      const cookie = `s=${await tokenOf({ customer, sub })}`;
      expect((await fetch(`${proxy.url}/api/orders`, { headers: { cookie, ...more } })).status).toBe(201);
    };
    await ask(keyIn("lower"), keyIn("upper"));
    await ask(keyIn("lower"), keyIn("upper"), { "x-user": keyIn("upper") });
    expect([monolith.asked(), extracted.asked()]).toEqual([0, 2]);
    await ask(keyIn("upper"), keyIn("lower"), { "x-user": keyIn("lower") });
    // Without the claim there is no key, whoever else it is.
    const headers = { cookie: `s=${await tokenOf({ sub: keyIn("lower") })}` };
    expect((await fetch(`${proxy.url}/api/orders`, { headers })).status).toBe(201);
    expect([monolith.asked(), extracted.asked()]).toEqual([2, 2]);
  });

  it("is where the decision says for a route by id, which both sides may not know", async () => {
    const monolith = await side(true, 1, unknown);
    const extracted = await side(true, 1, (request, response) => {
      if (request.url === "/api/orders/7") response.end("seven");
      else unknown(request, response);
    });
    const routes = "POST /api/orders, { route: 'GET /api/orders/:id', id: true }";
    const proxy = await ordersProxy(monolith, extracted, { routes });
    const seven = await fetch(`${proxy.url}/api/orders/7`, { headers: CUSTOMER });
    expect([seven.status, await seven.text(), monolith.asked()]).toEqual([200, "seven", 1]);
    const eight = await fetch(`${proxy.url}/api/orders/8`, { headers: CUSTOMER });
    expect([eight.status, await eight.json()]).toMatchObject([404, { code: "BYN-PROXY-032" }]);
    expect([monolith.asked(), extracted.asked()]).toEqual([2, 2]);
  });

  it("is the monolith for a stale read, keyed or not, and it is not held", async () => {
    const monolith = await side(false, 2, (request, response) => {
      if (request.method === "GET") response.end("old news");
      else notOwner(response, 2, SLOT);
    });
    const extracted = await side(true, 2);
    const routes = "POST /api/orders, { route: GET /api/orders, stale: ok }";
    const proxy = await ordersProxy(monolith, extracted, { routes, percentage: 100 });
    const stale = () => fetch(`${proxy.url}/api/orders`, { headers: CUSTOMER });
    expect(await (await stale()).text()).toBe("old news");
    expect((await post(proxy.url)).status).toBe(201);
    expect(await (await stale()).text()).toBe("old news");
    expect([monolith.asked(), extracted.asked()]).toEqual([2, 1]);
    await until(() => proxy.log.filter(({ reason }) => reason === "stale").length === 2);
  });
});

describe("what is learned", () => {
  it("is nothing from a 421 about another slot than the one asked for, but the request is repeated", async () => {
    const [monolith, extracted] = [await side(false, 5), await side(true, 5)];
    const another = keyIn(SLOT <= 50 ? "upper" : "lower");
    monolith.slot = slotOf("orders", another);
    const proxy = await ordersProxy(monolith, extracted);
    for (let n = 0; n < 2; n++) expect((await post(proxy.url)).status).toBe(201);
    const headers = { "x-customer": another };
    expect((await fetch(`${proxy.url}/api/orders`, { headers })).status).toBe(201);
    expect([monolith.asked(), extracted.asked()]).toEqual([3, 3]);
  });

  it("goes when the other side answers, so that one wrong epoch does no lasting harm", async () => {
    const poison = 2 ** 50;
    const [monolith, extracted] = [await side(false, poison), await side(true, 2)];
    const proxy = await ordersProxy(monolith, extracted);
    expect((await post(proxy.url)).status).toBe(201);
    [monolith.owner, monolith.epoch, extracted.owner, extracted.epoch] = [true, 3, false, 3];
    for (let n = 0; n < 4; n++) expect((await post(proxy.url)).status).toBe(201);
    // Once by the poison, after which what was known is gone.
    expect(extracted.asked()).toBe(2);
    expect(monolith.asked()).toBe(5);
  });

  it("is no epoch far above the known one: that is said once, and the request repeated all the same", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    const proxy = await ordersProxy(monolith, extracted, { hold: "ms: 60000" });
    expect((await post(proxy.url)).status).toBe(201);
    [extracted.owner, extracted.epoch] = [false, 3 + FARTHEST_EPOCHS];
    const two = [post(proxy.url), post(proxy.url)];
    await until(() => extracted.asked() >= 4);
    extracted.owner = true;
    for (const answered of two) expect((await answered).status).toBe(201);
    const doubts = proxy.log.filter(({ code }) => code === "BYN-PROXY-034");
    expect(doubts).toMatchObject([{ level: "warn", capability: "orders", slot: SLOT, owner: "monolith" }]);
    const before = monolith.asked();
    expect((await post(proxy.url)).status).toBe(201);
    expect(monolith.asked()).toBe(before);
  });
});

describe("our 421 where no other side is asked", () => {
  it.each([
    ["an unmatched route", "/elsewhere"],
    ["a capability that is not owned", "/catalog/a"],
    ["a stale read", "/api/stale"],
  ])("never reaches the client: %s", async (_what, path) => {
    const answering = await side(false, 2, (_request, response) => notOwner(response, 2, SLOT));
    const routes = "POST /api/orders, { route: GET /api/stale, stale: ok }";
    const proxy = await ordersProxy(answering, answering, { routes });
    const answered = await fetch(`${proxy.url}${path}`);
    expect([answered.status, await answered.json()]).toMatchObject([502, { code: "BYN-PROXY-033" }]);
    expect([...answered.headers.keys()].filter((name) => name.includes("misdirected"))).toEqual([]);
    expect(answering.asked()).toBe(1);
  });

  it.each(["/catalog/live", "/api/orders"])("never reaches the client: an upgrade of %s", async (path) => {
    const url = await rawUpstream((socket) =>
      socket.write(`HTTP/1.1 421 Misdirected Request\r\n${MARK}\r\nContent-Length: 0\r\n\r\n`),
    );
    const proxy = await ordersProxy({ url }, { url });
    const fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";
    let text = "";
    const socket = connect(proxy.port, "127.0.0.1", () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`),
    );
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    await new Promise<void>((resolve) => socket.once("end", () => resolve()));
    socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).toContain("BYN-PROXY-033");
    expect(text).not.toContain("misdirected:");
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it("of somebody else passes on an unmatched route as it is", async () => {
    const { url } = await webUpstream((_request, response) => response.writeHead(421).end("foreign"));
    const proxy = await testProxy({ monolith: url });
    const answered = await fetch(`${proxy.url}/elsewhere`);
    expect([answered.status, await answered.text()]).toEqual([421, "foreign"]);
  });
});

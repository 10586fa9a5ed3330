import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slotOf } from "@banyan/contracts/slot.ts";
import { readSettings } from "@banyan/platform/settings/settings.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, TEST_KEYS, testProxy, until, webUpstream } from "./proxy.fixture.ts";

afterEach(stopAll);

/** Two upstreams that say who they are. */
async function sides(headers: Record<string, string> = {}): Promise<{ monolith: string; catalog: string }> {
  const monolith = await webUpstream((_request, response) => {
    response.writeHead(200, headers).end("monolith");
  });
  const catalog = await webUpstream((_request, response) => {
    response.writeHead(200, headers).end("extracted");
  });
  return { monolith: monolith.url, catalog: catalog.url };
}

const sideOf = (percentage: number, user: string) =>
  slotOf("catalog", user) <= percentage ? "extracted" : "monolith";
const USERS = Array.from({ length: 40 }, (_, i) => `user-${i}`);

describe("who it is", () => {
  it("a trusted header decides the side, the same way on two proxies", async () => {
    const options = {
      ...(await sides()),
      percentage: 40,
      more: "identity: [ { header: x-user-id } ]\ntrust: [ 127.0.0.1/32 ]",
    };
    for (const proxy of [await testProxy(options), await testProxy(options)]) {
      for (const user of USERS) {
        const answer = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-user-id": user } });
        expect(await answer.text()).toBe(sideOf(40, user));
      }
      expect(await (await fetch(`${proxy.url}/catalog/a`)).text()).toBe("monolith");
      const odd = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-user-id": "Zo\u00eb" } });
      expect(await odd.text()).toBe("monolith");
    }
  });

  it("a header from a peer that is not trusted decides nothing", async () => {
    const proxy = await testProxy({
      ...(await sides()),
      percentage: 99,
      more: "identity: [ { header: x-user-id } ]",
    });
    for (const user of USERS) {
      const answer = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-user-id": user } });
      expect(await answer.text()).toBe("monolith");
    }
  });

  it("a verified claim decides, from a cookie or a bearer token; a bad token falls through to the next source", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" };
    const { url } = await webUpstream((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
    });
    const proxy = await testProxy({
      ...(await sides()),
      percentage: 50,
      more: `identity: [ { claim: sub, cookie: session }, { claim: sub, bearer: true }, { header: x-user-id } ]
trust: [ 127.0.0.1 ]
jwks: { url: "${url}", algorithms: [ ES256 ] }`,
    });
    for (const user of USERS.slice(0, 10)) {
      const token = await new SignJWT({ sub: user })
        .setProtectedHeader({ alg: "ES256", kid: "k" })
        .setExpirationTime("1 minute")
        .sign(privateKey);
      for (const headers of [{ cookie: `a=b; session=${token}` }, { authorization: `Bearer ${token}` }]) {
        expect(await (await fetch(`${proxy.url}/catalog/a`, { headers })).text()).toBe(sideOf(50, user));
      }
      const headers = { cookie: `session=${token}x`, "x-user-id": user };
      expect(await (await fetch(`${proxy.url}/catalog/a`, { headers })).text()).toBe(sideOf(50, user));
    }
  });

  it("an away key endpoint means no identity, not an error", async () => {
    const proxy = await testProxy({
      ...(await sides()),
      percentage: 99,
      more: `identity: [ { claim: sub, cookie: session } ]\njwks: { url: "http://127.0.0.1:9", algorithms: [ EdDSA ] }`,
    });
    const headers = { cookie: "session=eyJhbGciOiJFZERTQSJ9.e30.AA" };
    const answer = await fetch(`${proxy.url}/catalog/a`, { headers });
    expect([answer.status, await answer.text()]).toEqual([200, "monolith"]);
    expect(proxy.log.some(({ code }) => code === "BYN-PROXY-025")).toBe(true);
  });

  it("a visitor keeps the side by a signed cookie, and a forged cookie makes a new visitor", async () => {
    const proxy = await testProxy({
      ...(await sides()),
      percentage: 50,
      more: "identity: [ { visitor: true } ]",
    });
    for (let i = 0; i < 10; i++) {
      const first = await fetch(`${proxy.url}/catalog/a`);
      const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
      expect(first.headers.get("set-cookie")).toContain("HttpOnly");
      const again = await fetch(`${proxy.url}/catalog/a`, { headers: { cookie } });
      expect(await again.text()).toBe(await first.text());
      expect(again.headers.get("set-cookie")).toBeNull();
      const forged = await fetch(`${proxy.url}/catalog/a`, {
        headers: { cookie: `${cookie.slice(0, -3)}AAA` },
      });
      expect(forged.headers.get("set-cookie")).not.toBeNull();
    }
    expect((await fetch(`${proxy.url}/elsewhere`)).headers.get("set-cookie")).toBeNull();
  });

  it.each(["public, max-age=60", "s-maxage=10", "max-age=5"])("no cookie is set on %s", async (control) => {
    const upstreams = await sides({ "cache-control": control });
    const proxy = await testProxy({ ...upstreams, percentage: 50, more: "identity: [ { visitor: true } ]" });
    expect((await fetch(`${proxy.url}/catalog/a`)).headers.get("set-cookie")).toBeNull();
  });
});

describe("what it tells", () => {
  it("explains a decision to holders of the debug token only", async () => {
    const proxy = await testProxy({ ...(await sides({ "x-banyan-side": "me", "x-banyan-decision": "me" })) });
    const plain = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-banyan-debug": "guess" } });
    expect(plain.headers.get("x-banyan-decision")).toBeNull();
    expect(plain.headers.get("x-banyan-side")).toBeNull();
    const headers = { "x-banyan-debug": TEST_KEYS.debugToken ?? "" };
    const told = await fetch(`${proxy.url}/catalog/a`, { headers });
    expect(told.headers.get("x-banyan-decision")).toBe("side=extracted; reason=everyone; percentage=100");
  });

  it("passes a valid traceparent on, makes none up, and names the route and the side in its log", async () => {
    const seen: unknown[] = [];
    const { url } = await webUpstream((request, response) => {
      seen.push(request.headers.traceparent, request.headers.tracestate);
      response.end("hello");
    });
    const proxy = await testProxy({ monolith: url });
    const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await fetch(`${proxy.url}/api/products/7?q=secret`, {
      headers: { traceparent: given, tracestate: "a=b" },
    });
    await fetch(`${proxy.url}/x`, {
      headers: { traceparent: given.replaceAll(/[1-9a-f]/g, "0"), tracestate: "a=b" },
    });
    expect(seen.slice(0, 2)).toEqual([given, "a=b"]);
    expect(seen.slice(2)).toEqual([undefined, undefined]);
    await until(() => proxy.log.length === 2);
    expect(proxy.log[0]).toMatchObject({
      route: "/api/products/:id",
      side: "extracted",
      capability: "catalog",
      status: 200,
      bytes: 5,
    });
    expect(JSON.stringify(proxy.log)).not.toContain("secret");
  });

  it("counts what was refused before a decision for no side, and an answer that broke off for no success", async () => {
    const monolith = await rawUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      socket.destroySoon();
    });
    const proxy = await testProxy({ monolith, more: "showSide: true\ndeny: [ /secret/* ]" });
    const denied = await fetch(`${proxy.url}/secret/x`);
    expect([denied.status, denied.headers.get("x-banyan-side")]).toEqual([404, null]);
    await raw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n");
    const broken = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    expect((await raw(proxy.port, broken)).closed).toBe("reset");
    expect((await raw(proxy.port, broken.replace("/x", "/catalog/x"))).closed).toBe("reset");
    await until(() => proxy.log.length === 4);
    expect(proxy.log[0]).toMatchObject({ side: "none", reason: "undecided", code: "BYN-PROXY-004" });
    const headers = { authorization: `Bearer ${TEST_KEYS.adminToken}` };
    const at = `http://127.0.0.1:${proxy.adminPort}`;
    const counted = (await (await fetch(`${at}/metrics`, { headers })).text())
      .split("\n")
      .filter((line) => /^banyan_(?:requests|decisions)_total/.test(line));
    expect(counted.sort()).toEqual([
      'banyan_decisions_total{side="extracted",capability="catalog",reason="everyone"} 1',
      'banyan_decisions_total{side="monolith",capability="none",reason="unmatched"} 1',
      'banyan_requests_total{side="extracted",capability="catalog",status="broken"} 1',
      'banyan_requests_total{side="monolith",capability="none",status="broken"} 1',
      'banyan_requests_total{side="none",capability="none",status="4xx"} 2',
    ]);
  });

  it("answers on the admin port: alive, ready, and the rest behind the token", async () => {
    const proxy = await testProxy(await sides());
    const at = `http://127.0.0.1:${proxy.adminPort}`;
    const headers = { authorization: `Bearer ${TEST_KEYS.adminToken}` };
    await (await fetch(`${proxy.url}/catalog/a`)).text();
    expect((await fetch(`${at}/livez`)).status).toBe(200);
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    expect((await fetch(`${at}/metrics`)).status).toBe(401);
    await until(() => proxy.log.length > 0);
    const metrics = await (await fetch(`${at}/metrics`, { headers })).text();
    expect(metrics).toContain('banyan_requests_total{side="extracted",capability="catalog",status="2xx"} 1');
    expect(metrics).toContain("banyan_requests_in_flight 0");
    const decision = await fetch(`${at}/decisions?capability=catalog&identity=u`, { headers });
    expect(await decision.json()).toMatchObject({ side: "extracted", reason: "everyone" });
    expect((await fetch(`${at}/decisions?capability=none`, { headers })).status).toBe(400);
    expect((await fetch(`${proxy.url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${proxy.url}/livez`)).text()).toBe("monolith");
  });

  it("is not ready while the monolith is away, and has no metrics without a token", async () => {
    const keys = { ...TEST_KEYS, adminToken: undefined };
    const proxy = await testProxy({ monolith: "http://127.0.0.1:9", keys });
    const at = `http://127.0.0.1:${proxy.adminPort}`;
    expect((await fetch(`${at}/readyz`)).status).toBe(503);
    expect((await fetch(`${at}/metrics`, { headers: { authorization: "Bearer undefined" } })).status).toBe(
      403,
    );
  });
});

describe("a reload", () => {
  it("takes good settings over and keeps the old ones when the new are bad", async () => {
    const { monolith, catalog } = await sides();
    let percentage = "0";
    const text = () => `upstreams: { monolith: { url: "${monolith}" }, catalog: { url: "${catalog}" } }
capabilities: { catalog: { upstream: catalog, routes: [ GET /catalog/* ], percentage: ${percentage} } }`;
    const proxy = await testProxy({ monolith, catalog, readAgain: () => readSettings(text(), {}) });
    const ask = async () => await (await fetch(`${proxy.url}/catalog/a`)).text();
    expect(await ask()).toBe("extracted");
    await proxy.reload();
    expect(await ask()).toBe("monolith");
    percentage = "1000";
    await proxy.reload();
    expect(await ask()).toBe("monolith");
    expect(proxy.log.some(({ code }) => code === "BYN-CONFIG-004")).toBe(true);
    percentage = "100";
    await proxy.reload();
    expect(await ask()).toBe("extracted");
  });
});

describe("the process", () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-proxy-"));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...args: string[]): { child: ChildProcess; text: () => string; exit: Promise<number | null> } {
    let text = "";
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH },
    });
    children.push(child);
    // Log lines come on one, words about what keeps it from starting on the other.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        text += chunk;
      });
    }
    // Closed: all that it wrote was read.
    return { child, text: () => text, exit: new Promise((resolve) => child.once("close", resolve)) };
  }

  it("runs alone, reloads on SIGHUP, ends on SIGTERM with 0; a taken port ends with 5, a missing file with 2", async () => {
    const { monolith } = await sides();
    const file = join(folder, "banyan.yaml");
    writeFileSync(file, `upstreams: { monolith: { url: "${monolith}" } }\n`);
    const good = run("--config", file, "--port", "0", "--admin-port", "0");
    await until(() => good.text().includes("listening on"));
    const port = /"port":(\d+)/.exec(good.text())?.[1] ?? "";
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("monolith");
    expect(good.text()).toContain("BANYAN_OVERRIDE_KEY");
    good.child.kill("SIGHUP");
    await until(() => good.text().includes("settings reloaded"));
    const taken = run("--config", file, "--port", port, "--admin-port", "0");
    expect(await taken.exit).toBe(5);
    expect(taken.text()).toContain("BYN-PARTS-005");
    const missing = run("--config", join(folder, "none.yaml"));
    expect(await missing.exit).toBe(2);
    expect(missing.text()).toContain("BYN-CONFIG-002");
    good.child.kill("SIGTERM");
    expect(await good.exit).toBe(0);
  });
});

import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, testProxy, until } from "../proxy.fixture.ts";

afterEach(stopAll);

const GET = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HINTS =
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b c.js>; title="a b"\r\nX-Banyan-Side: me\r\nKeep-Alive: x\r\n\r\n';

describe("interim answers", () => {
  it("reach the client before the answer does, with their fields as they are", async () => {
    let upstream: Socket | undefined;
    const monolith = await rawUpstream((socket) => {
      upstream = socket;
      socket.write(HINTS);
    });
    const proxy = await testProxy({ monolith });
    let got = "";
    const seen = raw(proxy.port, GET, (text) => {
      if (got === "" && text.includes("\r\n\r\n")) {
        got = text;
        upstream?.write(OK);
      }
      return false;
    });
    const { text } = await seen;
    expect(got).toBe(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b c.js>; title="a b"\r\n\r\n',
    );
    expect(text.slice(got.length)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
  });

  it.each([
    ["102", "HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK"],
    ["199, which nobody knows", "HTTP/1.1 199 Hm\r\nA: b\r\n\r\n", "A: b\r\n\r\nHTTP/1.1 200 OK"],
    ["103 and 102", HINTS + HINTS, "HTTP/1.1 200 OK"],
    ["100, which was not asked of it", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK"],
  ])("of any kind are understood: %s", async (what, interim, expected) => {
    const monolith = await rawUpstream((socket) => socket.write(interim + OK));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, GET);
    expect(text).toContain(expected);
    expect(text.includes("HTTP/1.1 100")).toBe(false);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    if (what.startsWith("103 and")) expect(text.match(/HTTP\/1\.1 103/g)).toHaveLength(2);
  });

  it("leave out what their own Connection names", async () => {
    const hints = "HTTP/1.1 103 Early Hints\r\nConnection: a, X-Foo\r\nX-Foo: 1\r\nA: 2\r\nLink: <a>\r\n\r\n";
    const monolith = await rawUpstream((socket) => socket.write(hints + OK));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, GET);
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it("are not for HTTP/1.0, which would take them for the answer", async () => {
    const monolith = await rawUpstream((socket) => socket.write(HINTS + OK));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, GET.replace("1.1", "1.0"));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it("are few: a flood of them is not passed on", async () => {
    const monolith = await rawUpstream((socket) => socket.write(HINTS.repeat(5_000) + OK));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, GET);
    expect(text).toContain("HTTP/1.1 200 OK");
    expect((text.match(/HTTP\/1\.1 103/g) ?? []).length).toBeLessThanOrEqual(16);
  });
});

const CHUNKED = [
  "HTTP/1.1 200 OK",
  "Transfer-Encoding: chunked",
  "Trailer: X-Sum, X-Banyan-Side",
  "",
  "2",
  "ok",
  "0",
  "X-Sum: 1",
  "x-sum: 2",
  "X-Banyan-Side: me",
  "X-Request-Id: me",
  "Content-Type: text/html",
  "Connection: close",
  "Set-Cookie: a=b",
  "",
  "",
].join("\r\n");

describe("trailers", () => {
  it("of an answer reach the client, but for those that could change what the answer is", async () => {
    const monolith = await rawUpstream((socket) => socket.write(CHUNKED));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, GET);
    expect(text).toContain("\r\nTrailer: X-Sum, X-Banyan-Side\r\n");
    expect(text).toMatch(/\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n$/);
  });

  it.each([
    ["HTTP/1.0", GET.replace("1.1", "1.0")],
    ["HEAD", GET.replace("GET", "HEAD")],
  ])("of an answer are left out where they cannot be: %s", async (what, request) => {
    const answer = what === "HEAD" ? `${CHUNKED.split("\r\n\r\n")[0]}\r\n\r\n` : CHUNKED;
    const monolith = await rawUpstream((socket) => socket.write(answer));
    const proxy = await testProxy({ monolith });
    const { text } = await raw(proxy.port, request);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text.toLowerCase()).not.toContain("x-sum");
  });

  it("of a request reach the upstream, but for those that only the proxy may say", async () => {
    let request = "";
    const monolith = await rawUpstream((socket, text) => {
      request += text;
      if (/\r\n0\r\n[\s\S]*\r\n\r\n$/.test(request)) socket.write(OK);
    });
    const proxy = await testProxy({ monolith, more: "identity: [ { header: x-user-id } ]" });
    const head = GET.replace("GET", "POST").replace(
      "\r\n\r\n",
      "\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const trailers =
      "X-Sum: 1\r\nX-User-Id: boss\r\nX_User_Id: boss\r\nX-Forwarded-For: 1.1.1.1\r\nX-Banyan-Hops: 0\r\nHost: b\r\nContent-Encoding: gzip\r\nAuthorization: x\r\nx-sum: 2\r\n";
    expect((await raw(proxy.port, `${head}2\r\nok\r\n0\r\n${trailers}\r\n`)).status).toBe(200);
    expect(request).toContain("\r\nTrailer: X-Sum\r\n");
    expect(request).toMatch(/\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n$/);
  });
});

describe("event streams", () => {
  it("show each event before the next is made, and end upstream when the client leaves", async () => {
    let upstream: Socket | undefined;
    let gone = false;
    const monolith = await rawUpstream((socket) => {
      upstream = socket;
      socket.once("close", () => {
        gone = true;
      });
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
    });
    const proxy = await testProxy({ monolith });
    let events = 0;
    const seen = await raw(proxy.port, GET, (text) => {
      if (!text.includes(`data: ${events}\n`) && events > 0) return false;
      events += 1;
      upstream?.write(`9\r\ndata: ${events}\n\n\r\n`);
      return events > 5;
    });
    expect(seen.text).toContain("data: 5\n");
    await until(() => gone);
    await until(() => proxy.log.some(({ ended }) => ended === "client-left"));
  });
});

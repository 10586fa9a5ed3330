import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, testProxy } from "../proxy.fixture.ts";

afterEach(stopAll);

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const UPGRADE = "Connection: Upgrade, X-Private\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";

/** What goes to the upstream for a request, byte by byte, and what comes back for its answer. */
async function pass(request: string, answer = OK, more = ""): Promise<{ request: string; answer: string }> {
  let text = "";
  const monolith = await rawUpstream((socket, chunk) => {
    text += chunk;
    if (text.includes("\r\n\r\n")) socket.end(answer, "latin1");
  });
  const proxy = await testProxy({ monolith, more });
  const seen = await raw(proxy.port, request);
  return { request: text, answer: seen.text };
}

const names = (text: string) =>
  (text.split("\r\n\r\n")[0] ?? "")
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(":")[0]?.toLowerCase() ?? "");

/** The lines of these fields, in order. */
const lines = (text: string, ...fields: string[]) =>
  text.split("\r\n").filter((line) => fields.includes(line.split(":")[0]?.toLowerCase() ?? ""));

const REQUEST = [
  "GET /x HTTP/1.1",
  "hOST: a",
  "X-CamelCase: one",
  "ACCEPT: text/html",
  "x-Repeated: 1",
  "Accept: text/plain",
  "Cookie: a=1",
  "Cookie: b=2",
  "x-Repeated: 2",
  "X-Latin: caf\xe9",
  "X-Empty:",
  "Connection: close",
  "",
  "",
].join("\r\n");

describe("fields of a request", () => {
  it("keep their letter case and their order", async () => {
    const { request } = await pass(REQUEST);
    expect(lines(request, "host", "x-camelcase", "accept", "x-latin", "x-empty")).toEqual([
      "hOST: a",
      "X-CamelCase: one",
      "ACCEPT: text/html",
      "Accept: text/plain",
      "X-Latin: caf\xe9",
      "X-Empty: ",
    ]);
  });

  it("are not joined when they are repeated, but for cookies (RFC 6265 §5.4)", async () => {
    const { request } = await pass(REQUEST);
    expect(lines(request, "x-repeated", "cookie")).toEqual([
      "x-Repeated: 1",
      "Cookie: a=1; b=2",
      "x-Repeated: 2",
    ]);
  });

  it("say that there is no body where a method that may have one comes without", async () => {
    const { request } = await pass("POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(lines(request, "content-length", "transfer-encoding")).toEqual(["Content-Length: 0"]);
    const read = await pass("DELETE /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(lines(read.request, "content-length", "transfer-encoding")).toEqual([]);
  });

  it("have a Host, the upstream's own where the client named none (HTTP/1.0)", async () => {
    const { request } = await pass("GET /x HTTP/1.0\r\n\r\n");
    expect(lines(request, "host")).toEqual([expect.stringMatching(/^Host: 127\.0\.0\.1:\d+$/)]);
  });

  it("of which Node would drop the second reach the upstream both", async () => {
    const bytes = REQUEST.replace("X-CamelCase: one", "Authorization: one\r\nAuthorization: two");
    expect(lines((await pass(bytes)).request, "authorization")).toEqual([
      "Authorization: one",
      "Authorization: two",
    ]);
  });

  it.each([
    ["a plain request", "Connection: close, X-Private\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"],
    ["an upgrade", UPGRADE],
  ])("that belong to one connection stay there: %s", async (_what, connection) => {
    const hops = "Keep-Alive: timeout=9\r\nProxy-Connection: x\r\nProxy-Authorization: x\r\nTE: gzip\r\n";
    const bytes = `GET /x HTTP/1.1\r\nHost: a\r\n${connection}${hops}X-Private: x\r\nX-Public: x\r\n\r\n`;
    const { request } = await pass(bytes);
    const got = names(request);
    expect(got).toContain("x-public");
    for (const name of ["x-private", "keep-alive", "proxy-connection", "proxy-authorization", "te"]) {
      expect(got).not.toContain(name);
    }
    expect(lines(request, "upgrade", "http2-settings")).toEqual(
      connection === UPGRADE ? ["Upgrade: websocket"] : [],
    );
    expect(lines(request, "connection")).toEqual([
      connection === UPGRADE ? "Connection: Upgrade" : "Connection: keep-alive",
    ]);
  });

  it("announce that trailers are understood only when the client said so for its connection", async () => {
    const asked = REQUEST.replace("Connection: close", "TE: gzip, trailers;q=1\r\nConnection: TE, close");
    expect(lines((await pass(asked)).request, "te", "connection")).toEqual([
      "TE: trailers",
      "Connection: TE, keep-alive",
    ]);
    const stray = REQUEST.replace("Connection: close", "TE: trailers\r\nConnection: close");
    expect(lines((await pass(stray)).request, "te")).toEqual([]);
  });

  it("frame the body in one way, as the client did", async () => {
    const head = "DELETE /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    const sized = await pass(`${head}CONTENT-LENGTH: 2\r\n\r\nhi`);
    expect(lines(sized.request, "content-length", "transfer-encoding")).toEqual(["CONTENT-LENGTH: 2"]);
    const chunked = await pass(`${head}Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`);
    expect(lines(chunked.request, "content-length", "transfer-encoding")).toEqual([
      "Transfer-Encoding: chunked",
    ]);
  });

  it("tell the truth about the client, once", async () => {
    const forged = REQUEST.replace(
      "X-CamelCase: one",
      "X-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\nX-Forwarded-Proto: https",
    );
    const told = (text: string) => lines(text, "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host");
    expect(told((await pass(forged)).request)).toEqual([
      "x-forwarded-for: 127.0.0.1",
      "x-forwarded-proto: http",
      "x-forwarded-host: a",
    ]);
    expect(told((await pass(forged, OK, "trust: [ 127.0.0.1/32 ]")).request)).toEqual([
      "X-Forwarded-Proto: https",
      "x-forwarded-for: 1.1.1.1, 2.2.2.2, 127.0.0.1",
      "x-forwarded-host: a",
    ]);
  });

  it("that name another client, or a path that `deny` has not seen, are only a trusted peer's to say", async () => {
    const peers = [
      "Forwarded",
      "X-Real-IP",
      "X-Client-IP",
      "True-Client-IP",
      "X-Original-URL",
      "X-Original-URI",
      "X-Rewrite-URL",
    ];
    const underscored = peers.filter((name) => name.includes("-")).map((name) => name.replaceAll("-", "_"));
    const all = [...peers, ...underscored];
    const bytes = REQUEST.replace("X-CamelCase: one", all.map((name) => `${name}: x`).join("\r\n"));
    const told = (text: string) => lines(text, ...all.map((name) => name.toLowerCase()));
    expect(told((await pass(bytes)).request)).toEqual([]);
    expect(told((await pass(bytes, OK, "trust: [ 127.0.0.1/32 ]")).request)).toEqual(
      peers.map((name) => `${name}: x`),
    );
  });
});

describe("fields of an answer", () => {
  it("keep their letter case, order and repetitions", async () => {
    const own = [
      "ETag: x",
      "set-cookie: a=1",
      "X-CamelCase: one",
      "Set-Cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      "x-Repeated: 1",
      "Warning: 199 - a",
      "X-Repeated: 2",
      "Warning: 199 - b",
      "X-Latin: caf\xe9",
    ];
    const { answer } = await pass(
      REQUEST,
      `HTTP/1.1 200 Fine\r\n${own.join("\r\n")}\r\nContent-Length: 2\r\n\r\nok`,
    );
    expect(answer.split("\r\n").slice(0, own.length + 2)).toEqual([
      "HTTP/1.1 200 Fine",
      ...own,
      "Content-Length: 2",
    ]);
  });

  it("that belong to one connection stay there", async () => {
    const hops =
      "Connection: close, X-Private\r\nX-Private: x\r\nKeep-Alive: timeout=99\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\nProxy-Connection: x\r\nTE: x\r\n";
    const { answer } = await pass(REQUEST, OK.replace("\r\n\r\n", `\r\n${hops}X-Public: x\r\n\r\n`));
    const got = names(answer);
    expect(got).toContain("x-public");
    for (const name of ["x-private", "proxy-authenticate", "upgrade", "proxy-connection", "te"]) {
      expect(got).not.toContain(name);
    }
    expect(answer).not.toContain("timeout=99");
  });

  it("that belong to one connection stay there when an upgrade succeeds, and when it does not", async () => {
    const bytes = `GET /x HTTP/1.1\r\nHost: a\r\n${UPGRADE}\r\n`;
    const more =
      "X-Private: x\r\nKeep-Alive: timeout=99\r\nX-Banyan-Side: me\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n";
    const yes = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade, X-Private\r\nUpgrade: websocket\r\n${more}`;
    const no = `HTTP/1.1 403 No\r\nConnection: X-Private\r\nContent-Length: 2\r\n${more}no`;
    for (const upstream of [yes, no]) {
      const { answer } = await pass(bytes, upstream);
      for (const name of ["x-private", "keep-alive"]) expect(names(answer)).not.toContain(name);
      expect(answer).not.toContain(": me");
      expect(lines(answer, "set-cookie")).toHaveLength(2);
    }
  });

  it.each([
    [
      "304 with the length of what it stands for",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\nETag: x\r\n\r\n",
      "content-length: 50",
    ],
    ["204 without a body", "HTTP/1.1 204 No Content\r\nETag: x\r\n\r\n", "etag: x"],
    ["205", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nETag: x\r\n\r\n", "etag: x"],
    [
      "299 with a reason of its own",
      "HTTP/1.1 299 Sort Of\r\nContent-Length: 0\r\nETag: x\r\n\r\n",
      "etag: x",
    ],
    ["a status of 600", "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\nETag: x\r\n\r\n", "etag: x"],
  ])("pass for %s", async (_what, upstream, field) => {
    const { answer } = await pass(REQUEST, upstream);
    expect(answer.split("\r\n")[0]).toBe(upstream.split("\r\n")[0]);
    expect(answer.toLowerCase()).toContain(field);
    expect(answer).toMatch(/\r\n\r\n$/);
  });

  it("pass for HEAD, whose answer has a length and no body", async () => {
    const { answer } = await pass(
      REQUEST.replace("GET", "HEAD"),
      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n",
    );
    expect(answer).toContain("Content-Length: 50\r\n");
    expect(answer).toMatch(/\r\n\r\n$/);
  });
});

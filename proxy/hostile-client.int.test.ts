import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { signOverride } from "@banyan/contracts/http/override.ts";
import { afterEach, describe, expect, it } from "vitest";
import { raw, stopAll, TEST_KEYS, type TestProxy, testProxy, until, webUpstream } from "./proxy.fixture.ts";

afterEach(stopAll);

interface Seen {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  body: string;
}

async function withUpstream(more = ""): Promise<{ proxy: TestProxy; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { url } = await webUpstream((request, response) => {
    const entry: Seen = { url: `${request.method} ${request.url}`, headers: request.headers, body: "" };
    seen.push(entry);
    request.on("data", (chunk) => {
      entry.body += chunk;
    });
    request.on("end", () => response.end("ok"));
  });
  return { proxy: await testProxy({ monolith: url, more }), seen };
}

const H = "Host: a\r\nConnection: close\r\n";

describe("what a client sends cannot crash the proxy or pass it half-read", () => {
  it.each([
    ["a Trailer field on a GET", `GET /x HTTP/1.1\r\n${H}Trailer: x\r\n\r\n`, 200, ""],
    ["Expect: 100-continue without a body", `GET /x HTTP/1.1\r\n${H}Expect: 100-continue\r\n\r\n`, 100, ""],
    ["an unknown expectation", `GET /x HTTP/1.1\r\n${H}Expect: magic\r\n\r\n`, 417, "BYN-PROXY-028"],
    [
      "a field that Connection names away",
      `GET /x HTTP/1.1\r\nHost: a\r\nConnection: close, x-forwarded-for, host, content-length\r\n\r\n`,
      200,
      "",
    ],
    ["no Host", "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "BYN-PROXY-003"],
    ["two Hosts", `GET /x HTTP/1.1\r\n${H}Host: b\r\n\r\n`, 400, "BYN-PROXY-003"],
    ["a Host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n", 400, "BYN-PROXY-003"],
    ["an absolute target for another host", `GET http://b/x HTTP/1.1\r\n${H}\r\n`, 400, "BYN-PROXY-002"],
    ["an absolute target for this host", `GET http://a/x HTTP/1.1\r\n${H}\r\n`, 200, ""],
    ["an absolute target with a user", `GET http://a@b/x HTTP/1.1\r\n${H}\r\n`, 400, "BYN-PROXY-002"],
    ["the asterisk", `OPTIONS * HTTP/1.1\r\n${H}\r\n`, 400, "BYN-PROXY-002"],
    ["TRACE", `TRACE /x HTTP/1.1\r\n${H}\r\n`, 405, "BYN-PROXY-005"],
    ["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405, "BYN-PROXY-005"],
    ["an invented method", `BREW /x HTTP/1.1\r\n${H}\r\n`, 400, "BYN-PROXY-015"],
    [
      "a length and chunks",
      `POST /x HTTP/1.1\r\n${H}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      "BYN-PROXY-015",
    ],
    [
      "a coding besides chunked",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      501,
      "BYN-PROXY-017",
    ],
    [
      "an unknown coding",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
      400,
      "BYN-PROXY-015",
    ],
    [
      "a broken chunk size",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
      400,
      "BYN-PROXY-015",
    ],
    [
      "a broken second chunk",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-1\r\n\r\n`,
      400,
      "BYN-PROXY-015",
    ],
    [
      "chunks that end in a bare line feed",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n`,
      400,
      "BYN-PROXY-015",
    ],
    [
      "HTTP/1.0 with a coding",
      "POST /x HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      "BYN-PROXY-015",
    ],
    ["HTTP/0.9", "GET /x\r\n\r\n", 505, "BYN-PROXY-020"],
    ["HTTP/0.9 by name", `GET /x HTTP/0.9\r\n${H}\r\n`, 505, "BYN-PROXY-020"],
    ["a Host with a user", "GET /x HTTP/1.1\r\nHost: u@a\r\nConnection: close\r\n\r\n", 400, "BYN-PROXY-003"],
    ["two Hosts that agree", `GET /x HTTP/1.1\r\n${H}host: a\r\n\r\n`, 400, "BYN-PROXY-003"],
    ["a Host of nothing", "GET /x HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 400, "BYN-PROXY-003"],
    [
      "a length of 2^64 - 1",
      `POST /x HTTP/1.1\r\n${H}Content-Length: 18446744073709551615\r\n\r\n`,
      413,
      "BYN-PROXY-007",
    ],
    ["a length of 2^64", `POST /x HTTP/1.1\r\n${H}Content-Length: 18446744073709551616\r\n\r\n`, 400, ""],
    [
      "a length beyond the limit",
      `POST /x HTTP/1.1\r\n${H}Content-Length: 101\r\n\r\n${"x".repeat(101)}`,
      413,
      "BYN-PROXY-007",
    ],
    [
      "chunks beyond the limit",
      `POST /x HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n80\r\n${"x".repeat(128)}\r\n0\r\n\r\n`,
      413,
      "BYN-PROXY-007",
    ],
    [
      "a header beyond the limit",
      `GET /x HTTP/1.1\r\n${H}A: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "BYN-PROXY-008",
    ],
    [
      "more header fields than it counts",
      `GET /x HTTP/1.1\r\n${H}${"a: b\r\n".repeat(300)}\r\n`,
      431,
      "BYN-PROXY-008",
    ],
    [
      "more header fields than Node keeps",
      `GET /x HTTP/1.1\r\n${H}${"a:b\r\n".repeat(2_500)}\r\n`,
      431,
      "BYN-PROXY-008",
    ],
    ["a bare line feed", "GET /x HTTP/1.1\nHost: a\n\n", 400, "BYN-PROXY-015"],
    ["bytes that are no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, "BYN-PROXY-015"],
    ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BYN-PROXY-015"],
    [
      "an upgrade to h2c",
      "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n",
      200,
      "",
    ],
    [
      "an upgrade with a body",
      "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nhi",
      200,
      "",
    ],
    [
      "an upgrade with a body in chunks",
      "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
      200,
      "",
    ],
  ])("%s", async (_what, bytes, status, code) => {
    const { proxy, seen } = await withUpstream("limits: { bodyBytes: 100 }");
    const answer = await raw(proxy.port, bytes);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(code);
    for (const { headers } of seen) expect(headers.upgrade).toBeUndefined();
    expect((await fetch(`${proxy.url}/after`)).status).toBe(200);
  });

  it("asks no client for a body that it refuses by its length", async () => {
    const { proxy } = await withUpstream("limits: { bodyBytes: 100 }");
    const ask = (length: number) =>
      raw(
        proxy.port,
        `POST /x HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`,
        (text) => text.includes(" 100 ") || text.includes("BYN-PROXY-007"),
      );
    expect((await ask(100)).status).toBe(100);
    expect((await ask(101)).status).toBe(413);
  });

  it("answers nothing for a request whose fault is in the next one, nor into an answer that has begun", async () => {
    const { proxy } = await withUpstream();
    const next = "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    for (const bytes of [
      `GET /x HTTP/1.1\r\nHost: a\r\n\r\n${next}`,
      `GET /x HTTP/1.1\r\nHost: a\r\n\r\n\0\r\n\r\n`,
    ]) {
      expect((await raw(proxy.port, bytes)).text).not.toContain("BYN-PROXY-015");
    }
    const begun = await webUpstream((_request, response) => response.write("begun"));
    const other = await testProxy({ monolith: begun.url });
    const request = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    let broken = false;
    const text = await new Promise<string>((resolve) => {
      let seen = "";
      const socket = connect(other.port, "127.0.0.1", () => socket.write(request));
      socket.on("data", (chunk) => {
        seen += chunk.toString("latin1");
        if (!broken && seen.includes("begun")) socket.write("zz\r\n");
        broken ||= seen.includes("begun");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(seen));
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 .*begun\r\n$/s);
  });

  it.each(["DELETE", "OPTIONS", "GET", "POST"])(
    "frames a chunked %s so that its body is no second request",
    async (method) => {
      const { proxy, seen } = await withUpstream();
      const body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      const bytes = `${method} /x HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      await raw(proxy.port, bytes);
      await fetch(`${proxy.url}/after`);
      expect(seen.map(({ url }) => url)).toEqual([`${method} /x`, "GET /after"]);
      expect(seen[0]?.body).toBe(body);
    },
  );

  it("survives 2,000 mutated requests and then serves a good one", async () => {
    const { proxy } = await withUpstream("deny: [ /admin ]");
    const base = `POST /catalog/a?b=c HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nTrailer: q\r\nUpgrade: websocket\r\nExpect: 100-continue\r\nCookie: a=b\r\n\r\n5\r\nhello\r\n0\r\nq: 1\r\n\r\n`;
    let seed = 42;
    const random = (bound: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * bound);
    };
    const spices = [
      "\0",
      "\r\n",
      "\n",
      "%2e",
      "//",
      "\x80",
      " ",
      ":",
      "Host: b\r\n",
      "0",
      "-1",
      "HTTP/1.0",
      "CONNECT ",
    ];
    for (let round = 0; round < 100; round++) {
      await Promise.all(
        Array.from({ length: 20 }, () => {
          let bytes = base;
          for (let i = random(4); i >= 0; i--) {
            const at = random(bytes.length);
            const spice =
              random(3) === 0 ? String.fromCharCode(random(256)) : (spices[random(spices.length)] ?? "");
            bytes = bytes.slice(0, at) + spice + bytes.slice(at + random(3));
          }
          return Promise.race([
            raw(proxy.port, bytes, (text) => text.includes("\r\n\r\n") && !text.startsWith("HTTP/1.1 100")),
            new Promise((resolve) => setTimeout(resolve, 100)),
          ]);
        }),
      );
    }
    expect((await fetch(`${proxy.url}/after`)).status).toBe(200);
    expect(proxy.log.filter(({ code }) => code === "BYN-PROXY-018")).toEqual([]);
  });

  it("refuses a header that comes in drops", async () => {
    const { proxy } = await withUpstream("limits: { headersMs: 200, requestMs: 400 }");
    const answer = await raw(proxy.port, "GET /x HTTP/1.1\r\nHost: a\r\n");
    expect(answer.text).toContain("BYN-PROXY-016");
  });
});

describe("nobody borrows the proxy's or a peer's word", () => {
  const forged = [
    "X-Forwarded-For: 9.9.9.9",
    "X_Forwarded_For: 9.9.9.9",
    "Forwarded: for=9.9.9.9",
    "X-User-Id: boss",
    "X_User_Id: boss",
    "X-Banyan-Side: extracted",
    "X-Banyan-Debug: no",
    "X-Request-Id: chosen-by-me",
    "Proxy: http://evil",
    "Te: trailers",
  ].join("\r\n");
  const bytes = `GET /x HTTP/1.1\r\n${H}${forged}\r\n\r\n`;

  it("replaces what an untrusted peer says about others", async () => {
    const { proxy, seen } = await withUpstream("identity: [ { header: x-user-id } ]");
    await raw(proxy.port, bytes);
    const headers: Seen["headers"] = seen[0]?.headers ?? {};
    expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
    for (const name of [
      "x_forwarded_for",
      "forwarded",
      "x-user-id",
      "x_user_id",
      "x-banyan-side",
      "x-banyan-debug",
      "proxy",
      "te",
    ]) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers["x-request-id"]).not.toBe("chosen-by-me");
    expect(headers["x-banyan-hops"]).toBe("1");
  });

  it("keeps what a trusted peer says, and adds to it", async () => {
    const { proxy, seen } = await withUpstream("identity: [ { header: x-user-id } ]\ntrust: [ 127.0.0.0/8 ]");
    await raw(proxy.port, bytes);
    const headers: Seen["headers"] = seen[0]?.headers ?? {};
    expect(headers["x-forwarded-for"]).toBe("9.9.9.9, 127.0.0.1");
    expect(headers["x-user-id"]).toBe("boss");
    expect(headers.x_user_id).toBeUndefined();
    expect(headers["x-request-id"]).toBe("chosen-by-me");
    expect(headers["x-banyan-side"]).toBeUndefined();
  });

  it("refuses the fifth proxy of a loop", async () => {
    const { proxy, seen } = await withUpstream();
    expect((await fetch(`${proxy.url}/x`, { headers: { "x-banyan-hops": "4" } })).status).toBe(200);
    for (const hops of ["5", "99", "-1", "x"]) {
      const answer = await fetch(`${proxy.url}/x`, { headers: { "x-banyan-hops": hops } });
      expect(answer.status).toBe(508);
    }
    expect(seen[0]?.headers["x-banyan-hops"]).toBe("5");
  });

  it("takes a signed override, says the side, and removes the override before it forwards", async () => {
    const { proxy, seen } = await withUpstream();
    const key = TEST_KEYS.override ?? "";
    const expiresAtS = Date.now() / 1_000 + 60;
    const token = signOverride({ capability: "catalog", side: "monolith", expiresAtS }, key);
    const good = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-banyan-override": token } });
    expect(good.headers.get("x-banyan-side")).toBe("monolith");
    expect(seen[0]?.headers["x-banyan-override"]).toBeUndefined();
    const other = signOverride({ capability: "nothing", side: "monolith", expiresAtS }, key);
    const stale = signOverride({ capability: "catalog", side: "monolith", expiresAtS: 1 }, key);
    for (const bad of ["", "v1.a.b", `${token}x`, stale, other]) {
      const answer = await fetch(`${proxy.url}/catalog/a`, { headers: { "x-banyan-override": bad } });
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { code: string }).code).toBe("BYN-PROXY-006");
    }
    expect(seen).toHaveLength(1);
  });
});

describe("aborts reach the other side", () => {
  it("ends the upstream's request when the client leaves, in either direction of the stream", async () => {
    const closed: string[] = [];
    const { url } = await webUpstream((request, response) => {
      response.once("close", () => closed.push(request.url ?? ""));
      if (request.url === "/down") response.write("begun");
    });
    const proxy = await testProxy({ monolith: url });
    const down = httpRequest(`${proxy.url}/down`, (answer) => answer.once("data", () => down.destroy()));
    down.on("error", () => {});
    down.end();
    const up = httpRequest(`${proxy.url}/up`, { method: "POST" });
    up.on("error", () => {});
    up.write("begun");
    setTimeout(() => up.destroy(), 50);
    await until(() => closed.length === 2 && proxy.log.length === 2);
    expect(proxy.log.map(({ ended }) => ended)).toEqual(["client-left", "client-left"]);
  });
});

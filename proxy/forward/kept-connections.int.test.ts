import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, type TestProxy, testProxy } from "../proxy.fixture.ts";

afterEach(stopAll);

interface Stage {
  readonly proxy: TestProxy;
  /** The connection on which each request came, counted from 1. */
  readonly seen: number[];
  advance(ms: number): void;
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** An upstream that answers as `answer` says: by the number of the connection and of the request on it. */
async function stage(
  answer: (connection: number, request: number, socket: Socket) => string,
): Promise<Stage> {
  const seen: number[] = [];
  const connections = new Map<Socket, { readonly number: number; requests: number }>();
  const monolith = await rawUpstream((socket, text) => {
    if (!/^[A-Z]+ \//.test(text)) return;
    const connection = connections.get(socket) ?? { number: connections.size + 1, requests: 0 };
    connections.set(socket, connection);
    connection.requests += 1;
    seen.push(connection.number);
    socket.write(answer(connection.number, connection.requests, socket));
    if (/\r\nconnection: close\r\n/i.test(text)) socket.end();
  });
  let nowMs = 1_000;
  const proxy = await testProxy({ monolith, clockMs: () => nowMs });
  return {
    proxy,
    seen,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

const ask = ({ proxy }: Stage, method: string, more: RequestInit = {}) =>
  fetch(`${proxy.url}/x`, { method, ...more });

/** Resets every request but the first of each connection: what a time-out of the upstream's looks like. */
const staleAfterOne = (_connection: number, request: number, socket: Socket) => {
  if (request === 1) return OK;
  socket.resetAndDestroy();
  return "";
};

describe("a write uses a kept connection only while the upstream surely still wants it", () => {
  it.each([
    ["POST", "Keep-Alive: timeout=6\r\n", 2_999, [1, 1]],
    ["POST", "Keep-Alive: timeout=6\r\n", 3_000, [1, 2]],
    ["PATCH", "Keep-Alive: max=7, timeout=6\r\n", 3_000, [1, 2]],
    ["DELETE", "", 999, [1, 1]],
    ["DELETE", "", 1_000, [1, 2]],
    ["GET", "", 2_000, [1, 1]],
    ["GET", "Keep-Alive: timeout=6\r\n", 3_900, [1, 1]],
    ["GET", "Keep-Alive: timeout=1\r\n", 0, [1, 2]],
  ])("%s after %j and %i ms of idleness", async (method, advertised, idleMs, connections) => {
    const answer = OK.replace("\r\n\r\n", `\r\n${advertised}\r\n`);
    const at = await stage(() => answer);
    expect((await ask(at, "GET")).status).toBe(200);
    at.advance(idleMs);
    expect((await ask(at, method)).status).toBe(200);
    expect(at.seen).toEqual(connections);
  });
});

describe("a stale connection", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("fails a %s, which is never repeated", async (method) => {
    const at = await stage(staleAfterOne);
    await ask(at, "GET");
    const answer = await ask(at, method);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain("BYN-PROXY-011");
    expect(at.seen).toEqual([1, 1]);
  });

  it.each(["GET", "HEAD", "OPTIONS"])("sends a %s once more, on a fresh one", async (method) => {
    const at = await stage(staleAfterOne);
    await ask(at, "GET");
    expect((await ask(at, method)).status).toBe(200);
    expect(at.seen).toEqual([1, 1, 2]);
  });

  it("is left for a fresh one even when other kept ones are there", async () => {
    const at = await stage(staleAfterOne);
    await Promise.all([ask(at, "GET"), ask(at, "GET"), ask(at, "GET")]);
    const connections = at.seen.length;
    expect((await ask(at, "GET")).status).toBe(200);
    expect(at.seen.at(-1)).toBe(new Set(at.seen.slice(0, connections)).size + 1);
    expect(at.seen).toHaveLength(connections + 2);
  });

  it("sends a read once more, not twice", async () => {
    const at = await stage((connection, _request, socket) => {
      if (at.seen.length === 1) return OK;
      socket.resetAndDestroy();
      return connection === 0 ? OK : "";
    });
    await ask(at, "GET");
    expect((await ask(at, "GET")).status).toBe(502);
    expect(at.seen).toEqual([1, 1, 2]);
  });

  it.each([
    ["half a status line", "HTTP/1.1 20"],
    ["an interim answer", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"],
  ])("that had begun to answer (%s) sends nothing again", async (_what, bytes) => {
    const at = await stage((_connection, request, socket) => {
      if (request === 1) return OK;
      setImmediate(() => socket.end());
      return bytes;
    });
    await ask(at, "GET");
    const seen = await raw(at.proxy.port, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(seen.text).toContain("HTTP/1.1 502");
    expect(at.seen).toEqual([1, 1]);
  });

  it("sends a read with a body only once: the body is gone", async () => {
    const at = await stage(staleAfterOne);
    await ask(at, "GET");
    const bytes = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    expect((await raw(at.proxy.port, bytes)).status).toBe(502);
    expect(at.seen).toEqual([1, 1]);
  });

  it("is no excuse for a fresh one that breaks", async () => {
    const at = await stage((_connection, _request, socket) => {
      socket.resetAndDestroy();
      return "";
    });
    expect((await ask(at, "GET")).status).toBe(502);
    expect(at.seen).toEqual([1]);
  });
});

describe("connections to an upstream", () => {
  it.each(["POST", "DELETE"])("outlive a chunked %s", async (method) => {
    const at = await stage(() => OK);
    const bytes = `${method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`;
    for (let i = 0; i < 3; i++) expect((await raw(at.proxy.port, bytes)).status).toBe(200);
    expect(at.seen).toEqual([1, 1, 1]);
  });

  it("answer with 502 and its code when they are refused", async () => {
    const proxy = await testProxy({ monolith: "http://127.0.0.1:9" });
    for (const method of ["GET", "POST"]) {
      const answer = await fetch(`${proxy.url}/x`, { method });
      expect(answer.status).toBe(502);
      expect(await answer.text()).toContain("BYN-PROXY-010");
    }
  });
});

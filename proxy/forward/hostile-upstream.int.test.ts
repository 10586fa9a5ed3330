import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, type TestProxy, testProxy, until } from "../proxy.fixture.ts";

afterEach(stopAll);

const GET = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** One proxy before an upstream that answers every request with these bytes, then does `after`. */
async function before(answer: string, after: "end" | "reset" | "keep" = "keep"): Promise<TestProxy> {
  const monolith = await rawUpstream((socket, text) => {
    if (text.startsWith("GET /well")) {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell");
      return;
    }
    socket.write(answer, "latin1", () => {
      if (after === "end") socket.end();
      // The bytes before it must have been read, else the reset takes them along.
      if (after === "reset") setTimeout(() => socket.resetAndDestroy(), 50);
    });
  });
  return await testProxy({ monolith, more: "limits: { connectMs: 500, deadlineMs: 500, idleMs: 700 }" });
}

async function stillServes(proxy: TestProxy): Promise<void> {
  const answer = await raw(proxy.port, GET.replace("/x", "/well"));
  expect(answer.text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*well$/);
}

describe("what an upstream answers cannot crash the proxy", () => {
  it.each([
    ["a status of 099", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", 502, "BYN-PROXY-012"],
    ["a status of 000", "HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n", 502, "BYN-PROXY-012"],
    [
      "101 to a plain request",
      "HTTP/1.1 101 Sure\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
      502,
      "BYN-PROXY-011",
    ],
    ["no HTTP at all", "hello there\r\n\r\n", 502, "BYN-PROXY-012"],
    [
      "a length and chunks",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      502,
      "BYN-PROXY-012",
    ],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      502,
      "BYN-PROXY-012",
    ],
    [
      "a coding to be undone",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      502,
      "BYN-PROXY-012",
    ],
    [
      "a header field name with a space",
      "HTTP/1.1 200 OK\r\nA b: c\r\nContent-Length: 0\r\n\r\n",
      502,
      "BYN-PROXY-012",
    ],
    ["a header that never ends", `HTTP/1.1 200 OK\r\nA: ${"x".repeat(40_000)}`, 502, "BYN-PROXY-012"],
    [
      "a header of more than 16 kB",
      `HTTP/1.1 200 OK\r\nA: ${"x".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`,
      502,
      "has more than 16384 bytes",
    ],
    ["silence", "", 504, "BYN-PROXY-013"],
    ["half a status line", "HTTP/1.1 20", 504, "BYN-PROXY-013"],
  ])("%s", async (_what, answer, status, code) => {
    const proxy = await before(answer);
    const seen = await raw(proxy.port, GET);
    expect(seen.status).toBe(status);
    expect(seen.text).toContain(code);
    expect(seen.text).toContain("application/problem+json");
    await stillServes(proxy);
  });

  it.each([
    ["a Trailer field without chunks", "HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 2\r\n\r\nok"],
    ["a control character in the reason phrase", "HTTP/1.1 200 O\u0001K\r\nContent-Length: 2\r\n\r\nok"],
    ["a control character in a field", "HTTP/1.1 200 OK\r\nA: b\u0001c\r\nContent-Length: 2\r\n\r\nok"],
    [
      "103 before its answer",
      "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "a second answer that nobody asked for",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    ],
    ["a status of 999", "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok"],
    ["a body with 204", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"],
  ])("%s", async (_what, answer) => {
    const proxy = await before(answer);
    const seen = await raw(proxy.port, GET);
    expect(seen.text).toMatch(/^HTTP\/1\.1 (?:\d{3}) /);
    expect(seen.text).not.toContain("evil");
    await stillServes(proxy);
  });

  it("closes the connection when it hangs up without a word, and says so with a code", async () => {
    const proxy = await before("", "reset");
    const seen = await raw(proxy.port, GET);
    expect(seen.text).toContain("BYN-PROXY-011");
    await stillServes(proxy);
  });
});

describe("an answer's header", () => {
  it("goes on whole, with more fields than Node reads of itself", async () => {
    const many = "A:\r\n".repeat(1_900);
    const proxy = await before(`HTTP/1.1 200 OK\r\n${many}Set-Cookie: last=1\r\nContent-Length: 2\r\n\r\nok`);
    const { text } = await raw(proxy.port, GET);
    expect(text.match(/^A: ?\r$/gm)).toHaveLength(1_900);
    expect(text).toContain("Set-Cookie: last=1\r\nContent-Length: 2\r\n");
  });

  it("has no length where there is no body to have one", async () => {
    const proxy = await before("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nA: b\r\n\r\n");
    const { text } = await raw(proxy.port, GET);
    expect(text).toMatch(/^HTTP\/1\.1 204 No Content\r\nA: b\r\n/);
    expect(text).not.toMatch(/content-length/i);
  });
});

describe("a part is never shown as the whole", () => {
  it.each([
    [
      "a chunked body that was reset",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "reset",
    ],
    [
      "a chunked body that just ended",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "end",
    ],
    ["a body shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "end"],
    ["a body shorter than its length, reset", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "reset"],
    ["a body until close, reset", "HTTP/1.1 200 OK\r\n\r\nhello", "reset"],
    ["a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX", "keep"],
    ["a body that falls silent", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "keep"],
  ] as const)("%s resets the client's connection", async (_what, answer, after) => {
    const proxy = await before(answer, after);
    for (const version of ["1.1", "1.0"]) {
      const seen = await raw(proxy.port, GET.replace("1.1", version));
      expect(seen.closed).toBe("reset");
      expect(seen.text).not.toMatch(/0\r\n\r\n$/);
    }
    await until(() => proxy.log.filter(({ ended }) => ended === "broken-off").length === 2);
    await stillServes(proxy);
  });

  it("a body that is whole ends in order", async () => {
    const proxy = await before("HTTP/1.1 200 OK\r\n\r\nhello", "end");
    const seen = await raw(proxy.port, GET);
    expect(seen.closed).toBe("end");
    expect(seen.text).toMatch(/5\r\nhello\r\n0\r\n\r\n$/);
  });
});

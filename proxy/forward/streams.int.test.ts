import { createHash } from "node:crypto";
import { once } from "node:events";
import { get, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, testProxy, until, webUpstream } from "../proxy.fixture.ts";

afterEach(stopAll);

const UPGRADE =
  "GET /catalog/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Banyan-Side: me\r\n\r\n";

/** An upstream that upgrades and then echoes. */
function echo(): Promise<string> {
  return rawUpstream((socket, text) => socket.write(text.startsWith("GET ") ? SWITCHED : text));
}

describe("WebSocket upgrades", () => {
  it("go through the same routes and carry bytes both ways", async () => {
    const catalog = await echo();
    const proxy = await testProxy({ monolith: "http://127.0.0.1:9", catalog, more: "showSide: true" });
    const socket = connect(proxy.port, "127.0.0.1", () => socket.write(UPGRADE));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (text.endsWith("\r\n\r\n")) socket.write("ping");
    });
    await until(() => text.endsWith("ping"));
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text).toContain("x-banyan-side: extracted");
    expect(text).not.toContain("me\r\n");
    socket.destroy();
    await until(() => proxy.log.some(({ status, side }) => status === 101 && side === "extracted"));
  });

  it("end on both sides when either breaks off", async () => {
    let gone = 0;
    const catalog = await rawUpstream((socket, text) => {
      socket.once("close", () => {
        gone += 1;
      });
      if (text.startsWith("GET ")) socket.write(SWITCHED);
      else socket.resetAndDestroy();
    });
    const proxy = await testProxy({ monolith: catalog });
    const leaving = connect(proxy.port, "127.0.0.1", () => leaving.write(UPGRADE));
    leaving.once("data", () => leaving.resetAndDestroy());
    leaving.on("error", () => {});
    await until(() => gone > 0);
    const staying = connect(proxy.port, "127.0.0.1", () => staying.write(UPGRADE));
    staying.once("data", () => staying.write("break"));
    staying.on("error", () => {});
    await new Promise<void>((resolve) => staying.once("close", () => resolve()));
  });

  it.each([
    ["refuses politely", "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", 403],
    ["answers with a status of 099", "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n", 502],
    ["puts a control character in the reason", "HTTP/1.1 403 N\u0001o\r\nContent-Length: 2\r\n\r\nno", 403],
    ["switches to another protocol", SWITCHED.replace("websocket", "h2c"), 502],
    ["is silent", "", 504],
  ])("survive an upstream that %s", async (_what, answer, status) => {
    const upstream = await rawUpstream((socket) => socket.write(answer, "latin1"));
    const proxy = await testProxy({
      monolith: upstream,
      more: "limits: { connectMs: 200, deadlineMs: 200 }",
    });
    const seen = await raw(proxy.port, UPGRADE);
    expect(seen.status).toBe(status);
    expect(seen.text).not.toContain("\u0001");
    expect(seen.text).not.toContain(" 101 ");
  });

  it("that are declined end, also for a client that keeps its own half of the connection open", async () => {
    const upstream = await webUpstream((_request, response) => response.writeHead(404).end("no"));
    const proxy = await testProxy({ monolith: upstream.url });
    const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    client.on("error", () => {});
    client.resume().write(UPGRADE);
    await once(client, "end");
    await until(() => proxy.log.some(({ status }) => status === 404));
    expect((await fetch(proxy.url)).status).toBe(404);
    client.destroy();
  });

  it("and CONNECTs that are refused hold no connection, whatever the client goes on sending", async () => {
    const proxy = await testProxy({ monolith: "http://127.0.0.1:9" });
    for (const start of ["CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n", UPGRADE]) {
      const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
      client.on("error", () => {});
      client.resume().write(`${start}more than the header`);
      await once(client, "end");
      const sending = setInterval(() => client.write("and more"), 50);
      await new Promise<void>((resolve) => client.once("close", () => resolve()));
      clearInterval(sending);
    }
  });

  it("are answered with a code when nobody listens", async () => {
    const proxy = await testProxy({ monolith: "http://127.0.0.1:9" });
    const seen = await raw(proxy.port, UPGRADE);
    expect(seen.status).toBe(502);
    expect(seen.text).toContain("BYN-PROXY-010");
  });
});

describe("bodies", () => {
  it("stream both ways, whole, at 64 MB", async () => {
    const { url } = await webUpstream((request, response) => request.pipe(response));
    const proxy = await testProxy({ monolith: url, more: "limits: { bodyBytes: 100000000 }" });
    const sent = createHash("sha256");
    const got = createHash("sha256");
    const block = Buffer.alloc(65_536, "banyan");
    await new Promise<void>((resolve, reject) => {
      const upload = httpRequest(`${proxy.url}/echo`, { method: "POST" }, (answer) => {
        answer.on("data", (chunk) => got.update(chunk));
        answer.once("end", resolve);
      });
      upload.once("error", reject);
      let left = 1_024;
      const push = () => {
        while (left > 0) {
          left -= 1;
          sent.update(block);
          if (!upload.write(block)) {
            upload.once("drain", push);
            return;
          }
        }
        upload.end();
      };
      push();
    });
    expect(got.digest("hex")).toBe(sent.digest("hex"));
  });

  it("keep back-pressure: an answer that nobody reads is not swallowed into memory", async () => {
    let written = 0;
    const { url } = await webUpstream((_request, response) => {
      const block = Buffer.alloc(65_536);
      const push = () => {
        for (let more = true; more && written < 200_000_000; written += block.length) {
          more = response.write(block);
        }
      };
      response.on("drain", push);
      push();
    });
    const proxy = await testProxy({ monolith: url });
    const download = get(`${proxy.url}/big`, (answer) => answer.pause());
    let before = -1;
    while (before !== written || written === 0) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written).toBeLessThan(50_000_000);
    download.on("error", () => {});
    download.destroy();
  });

  it("let an event stream begin before its first event", async () => {
    const { url } = await webUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    const proxy = await testProxy({ monolith: url });
    const seen = await raw(proxy.port, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n", (text) =>
      text.includes("\r\n\r\n"),
    );
    expect(seen.text).toContain("text/event-stream");
  });

  it("do not starve others: 300 held requests leave room for one more", async () => {
    let held = 0;
    const { url } = await webUpstream((request, response) => {
      if (request.url === "/held") held += 1;
      else response.end("free");
    });
    const proxy = await testProxy({ monolith: url });
    const requests = Array.from({ length: 300 }, () =>
      get(`${proxy.url}/held`, { agent: false }).on("error", () => {}),
    );
    await until(() => held === 300);
    expect(await (await fetch(`${proxy.url}/free`)).text()).toBe("free");
    for (const request of requests) request.destroy();
  });
});

describe("a stop", () => {
  it("finishes what is in hand, then lets the port go", async () => {
    let finish: (() => void) | undefined;
    const { url } = await webUpstream((_request, response) => {
      finish = () => response.end("late");
    });
    const proxy = await testProxy({ monolith: url, stopBoundMs: 30_000 });
    const answer = fetch(`${proxy.url}/slow`);
    await until(() => finish !== undefined);
    const stopped = proxy.stop();
    await expect(fetch(`${proxy.url}/new`)).rejects.toThrow();
    finish?.();
    expect(await (await answer).text()).toBe("late");
    await stopped;
  });

  it("cuts what outlasts the bound, upgraded connections too", async () => {
    const catalog = await echo();
    const proxy = await testProxy({ monolith: catalog, stopBoundMs: 100 });
    const socket = connect(proxy.port, "127.0.0.1", () => socket.write(UPGRADE));
    socket.on("error", () => {});
    await new Promise<void>((resolve) => socket.once("data", () => resolve()));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    await proxy.stop();
    await closed;
  });
});

import { get, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { text as wholeOf } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, testProxy, until, webUpstream } from "../proxy.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";

const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await stopAll();
});

const GET = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** A port on which connections are neither accepted nor refused: its queue is full. */
async function fullPort(): Promise<number> {
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer();
     server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0));
     });`,
    { eval: true, workerData: flag },
  );
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  ends.push(() => {
    for (const filler of fillers) filler.destroy();
    Atomics.store(new Int32Array(flag), 0, 1);
    Atomics.notify(new Int32Array(flag), 0);
    void worker.terminate();
  });
  return port;
}

describe("an upstream that is slow", () => {
  it("to accept a connection gets as long as connectMs", async () => {
    const monolith = `http://127.0.0.1:${await fullPort()}`;
    const proxy = await testProxy({ monolith, more: "limits: { connectMs: 200 }" });
    const seen = await raw(proxy.port, GET);
    expect(seen.status).toBe(504);
    expect(seen.text).toContain("BYN-PROXY-014");
  });

  it("to answer gets as long as its capability's deadlineMs, others as long as theirs", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const { url } = await webUpstream((request, response) => {
      if (request.url === "/other") held.resolve(response);
    });
    const proxy = await testProxy({
      monolith: url,
      catalogLimits: "deadlineMs: 100",
      more: "limits: { deadlineMs: 20000 }",
    });
    const other = fetch(`${proxy.url}/other`);
    const own = await raw(proxy.port, GET.replace("/x", "/catalog/x"));
    expect(own.status).toBe(504);
    expect(own.text).toContain("BYN-PROXY-013");
    (await held.promise).end("late");
    expect(await (await other).text()).toBe("late");
  });

  it("between two bytes is cut, however far the answer is, and only then", async () => {
    const clock = manualClock();
    let answering: ServerResponse | undefined;
    const { url } = await webUpstream((_request, response) => {
      response.write("x");
      answering = response;
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 350 }", clockMs: clock.clockMs });
    for (const path of ["/whole", "/part"]) {
      let text = "";
      let closed = "";
      const client = connect(proxy.port, "127.0.0.1", () => client.write(GET.replace("/x", path)));
      client.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      client.on("end", () => {
        closed ||= "end";
      });
      client.on("error", () => {
        closed ||= "reset";
      });
      for (let sent = 1; sent <= 5; sent++) {
        await until(() => text.split("1\r\nx\r\n").length === sent + 1);
        await clock.looked();
        clock.forward(300);
        await clock.looked();
        if (sent < 5) answering?.write("x");
      }
      expect(closed).toBe("");
      if (path === "/whole") answering?.end();
      else clock.forward(350);
      await until(() => closed !== "");
      expect(closed).toBe(path === "/whole" ? "end" : "reset");
      client.destroy();
    }
    await until(() => proxy.log.some(({ code }) => code === "BYN-PROXY-024"));
  });

  it("to read an upload slows the client down instead of filling the proxy's memory, and is cut", async () => {
    const monolith = await rawUpstream((socket) => socket.pause());
    const more = "limits: { bodyBytes: 1000000000, idleMs: 1000 }";
    const proxy = await testProxy({ monolith, more });
    const upload = httpRequest(`${proxy.url}/x`, { method: "POST" });
    const block = Buffer.alloc(65_536);
    let written = 0;
    const push = () => {
      for (let ok = true; ok && written < 200_000_000; written += block.length) ok = upload.write(block);
    };
    upload.on("drain", push).on("error", () => {});
    push();
    const status = await new Promise((resolve) =>
      upload.once("response", (answer) => resolve(answer.statusCode)),
    );
    expect(status).toBe(504);
    expect(written).toBeLessThan(50_000_000);
    upload.destroy();
  });
});

describe("a client that is slow", () => {
  it("to read is cut after idleMs, and named in the log", async () => {
    const { url } = await webUpstream((_request, response) => {
      response.end(Buffer.alloc(100_000_000));
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 300 }" });
    const download = get(`${proxy.url}/big`, (answer) => answer.pause()).on("error", () => {});
    await until(() => proxy.log.some(({ code }) => code === "BYN-PROXY-027"));
    download.destroy();
  });

  it("but reads on is not cut", async () => {
    const bytes = 20_000_000;
    const clock = manualClock();
    const { url } = await webUpstream((_request, response) => {
      response.end(Buffer.alloc(bytes));
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 400 }", clockMs: clock.clockMs });
    let passedMs = 0;
    const pause = async (socket: Socket) => {
      socket.pause();
      await clock.looked();
      clock.forward(100);
      passedMs += 100;
      socket.resume();
    };
    const got = await new Promise<number>((resolve) => {
      let seen = 0;
      const socket: Socket = connect(proxy.port, "127.0.0.1", () => socket.write(GET));
      socket.on("data", (chunk) => {
        seen += chunk.length;
        if (Math.floor((seen - chunk.length) / 1_000_000) !== Math.floor(seen / 1_000_000))
          void pause(socket);
      });
      socket.on("close", () => resolve(seen)).on("error", () => {});
    });
    expect(got).toBeGreaterThan(bytes);
    expect(passedMs).toBeGreaterThan(400);
  });

  it("to send is not cut while it goes on sending, though the answer has begun and pauses", async () => {
    const clock = manualClock();
    let taken = 0;
    const { url } = await webUpstream((request, response) => {
      response.write("begun ");
      request.on("data", (chunk: Buffer) => {
        taken += chunk.length;
      });
      request.on("end", () => response.end("whole"));
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 350 }", clockMs: clock.clockMs });
    const upload = httpRequest(`${proxy.url}/x`, { method: "POST" });
    const answer = Promise.withResolvers<IncomingMessage>();
    upload.once("response", answer.resolve).on("error", answer.reject);
    upload.write("a");
    const incoming = await answer.promise;
    for (let sent = 1; sent <= 6; sent++) {
      await until(() => taken === sent);
      await clock.looked();
      clock.forward(300);
      await clock.looked();
      upload.write("a");
    }
    upload.end();
    expect(await wholeOf(incoming)).toBe("begun whole");
  });

  it("to send is cut when nothing of its body comes any more, though the answer has begun", async () => {
    const clock = manualClock();
    const { url } = await webUpstream((request, response) => {
      request.resume();
      response.write("begun ");
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 350 }", clockMs: clock.clockMs });
    const upload = httpRequest(`${proxy.url}/x`, { method: "POST" });
    const answer = Promise.withResolvers<IncomingMessage>();
    upload.once("response", answer.resolve).on("error", answer.reject);
    upload.write("a");
    const incoming = await answer.promise;
    await clock.looked();
    clock.forward(350);
    await expect(wholeOf(incoming)).rejects.toThrow();
  });

  it("to send its body is cut after requestMs, and the upstream feels it", async () => {
    let gone = false;
    const { url } = await webUpstream((request) => {
      request.once("close", () => {
        gone = true;
      });
    });
    const proxy = await testProxy({ monolith: url, more: "limits: { headersMs: 200, requestMs: 300 }" });
    const bytes = GET.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\nabc");
    const seen = await raw(proxy.port, bytes);
    expect(["end", "reset"]).toContain(seen.closed);
    await until(() => gone);
  });

  it("to send its body, not the upstream, is blamed when nothing moves", async () => {
    const { url } = await webUpstream(() => {});
    const proxy = await testProxy({ monolith: url, more: "limits: { idleMs: 200, deadlineMs: 10000 }" });
    const bytes = GET.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\nabc");
    const seen = await raw(proxy.port, bytes);
    expect(seen.status).toBe(408);
    expect(seen.text).toContain("BYN-PROXY-016");
  });
});

import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raw, rawUpstream, stopAll, testProxy, until, webUpstream } from "./proxy.fixture.ts";

afterEach(stopAll);

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const UPGRADE = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes";

/** An upstream whose answer to `/slow` waits; it knows what it has seen, and how many it had in hand at once. */
async function slowUpstream(slowBody = "slow") {
  const seen: string[] = [];
  const goOn = Promise.withResolvers<void>();
  let inHand = 0;
  let most = 0;
  const { url } = await webUpstream((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    most = Math.max(most, ++inHand);
    const answer = () => {
      inHand--;
      response.end(request.url === "/slow" ? slowBody : `answer to ${request.url}`);
    };
    request.resume().on("end", () => {
      if (request.url === "/slow") void goOn.promise.then(answer);
      else setImmediate(answer);
    });
  });
  return { url, seen, goOn: goOn.resolve, most: () => most };
}

describe("requests that come on one connection before the first is answered", () => {
  it("reach the upstream one after another, writes too, and are answered in order", async () => {
    const upstream = await slowUpstream();
    const proxy = await testProxy({ monolith: upstream.url });
    const post = "POST /write HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
    const answers = raw(proxy.port, get("/slow") + post + get("/last"), (text) =>
      text.includes("answer to /last"),
    );
    await until(() => upstream.seen.length === 1);
    // Whatever the proxy would have sent by now is there before this is answered.
    await raw(proxy.port, get("/other"), (text) => text.includes("answer to /other"));
    expect(upstream.seen).toEqual(["GET /slow", "GET /other"]);
    upstream.goOn();
    const { text } = await answers;
    expect(text.match(/slow|answer to \/[a-z]+/g)).toEqual(["slow", "answer to /write", "answer to /last"]);
    expect(upstream.seen.slice(2)).toEqual(["POST /write", "GET /last"]);
  });

  it("are many, and open one connection to the upstream at a time", async () => {
    const upstream = await slowUpstream();
    const proxy = await testProxy({ monolith: upstream.url });
    // More than is read from a socket at once, so that reading must pause and go on.
    const paths = Array.from({ length: 300 }, (_, n) => `/many${n}`);
    const requests = paths.map((path) => get(path).replace("Host", `Pad: ${"x".repeat(1_000)}\r\nHost`));
    const { text } = await raw(proxy.port, requests.join(""), (seen) => seen.includes("answer to /many299"));
    expect(text.match(/answer to \/many\d+/g)).toEqual(paths.map((path) => `answer to ${path}`));
    expect(upstream.most()).toBe(1);
  });

  it("are not begun once their client has left", async () => {
    const upstream = await slowUpstream();
    const proxy = await testProxy({ monolith: upstream.url });
    const client = connect(proxy.port, "127.0.0.1", () => client.write(get("/slow") + get("/ahead")));
    await until(() => upstream.seen.length === 1);
    client.destroy();
    await until(() => proxy.log.some(({ ended }) => ended === "client-left"));
    await raw(proxy.port, get("/other"), (text) => text.includes("answer to /other"));
    expect(upstream.seen).toEqual(["GET /slow", "GET /other"]);
  });

  it.each([
    ["a CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "405"],
    ["an upgrade that the upstream refuses", UPGRADE, "403"],
    ["an upgrade", UPGRADE.replace("/ws", "/yes"), "101"],
  ])("are answered before %s", async (_what, last, status) => {
    const large = "x".repeat(3_000_000);
    let answer = () => {};
    const monolith = await rawUpstream((socket, text) => {
      if (text.startsWith("GET /slow")) {
        answer = () =>
          void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`);
      } else if (text.startsWith("GET /yes")) socket.write(SWITCHED);
      else if (text.startsWith("GET /ws"))
        socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
    });
    const proxy = await testProxy({ monolith });
    const all = raw(proxy.port, get("/slow") + last, (text) => text.endsWith("frames"));
    await raw(proxy.port, get("/other"), (text) => text.endsWith("other"));
    answer();
    const { text } = await all;
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 200", `HTTP/1.1 ${status}`]);
    expect(text.indexOf(large)).toBeGreaterThan(0);
    expect(text.indexOf(`HTTP/1.1 ${status}`)).toBeGreaterThan(text.indexOf(large));
  });
});

describe("a connection", () => {
  it("serves the next request after an upload that was answered before its end", async () => {
    const { url } = await webUpstream((request, response) => {
      if (request.method === "GET") response.end("next");
      else response.writeHead(413, { "content-length": "3" }).end("big");
    });
    const proxy = await testProxy({ monolith: url });
    for (const [framing, rest] of [
      [`Content-Length: ${1_000_000}`, "x".repeat(999_990)],
      ["Transfer-Encoding: chunked", `${"4\r\nxxxx\r\n".repeat(50_000)}0\r\n\r\n`],
    ] as const) {
      const begun = framing.startsWith("C") ? "x".repeat(10) : "a\r\nxxxxxxxxxx\r\n";
      let text = "";
      const client = connect(proxy.port, "127.0.0.1", () =>
        client.write(`POST /up HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${begun}`),
      );
      client.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      client.on("error", () => {});
      await until(() => text.endsWith("big"));
      client.write(rest + get("/next"));
      await until(() => text.endsWith("next") || client.destroyed);
      expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*big[\s\S]*HTTP\/1\.1 200 [\s\S]*next$/);
      client.destroy();
    }
  });

  it("on which nothing was ever sent does not keep the proxy from stopping", async () => {
    const { url } = await webUpstream((_request, response) => response.end("ok"));
    const proxy = await testProxy({ monolith: url, stopBoundMs: 600_000 });
    const unused = connect(proxy.port, "127.0.0.1");
    const ended = new Promise((resolve) => unused.once("close", resolve));
    await raw(proxy.port, get("/x"), (text) => text.endsWith("ok"));
    await proxy.stop();
    await ended;
  });
});

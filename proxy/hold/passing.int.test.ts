import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { manualClock } from "../forward/manual-clock.fixture.ts";
import { raw, rawUpstream, stopAll, until } from "../proxy.fixture.ts";
import { CUSTOMER, decidesFirst, digestOf, ordersProxy, post, side } from "./side.fixture.ts";

afterEach(stopAll);

/** Larger than what is kept, by far larger than what a socket swallows. */
const LARGE = "ü\r\n\0".repeat(400_000);
const SMALL = "x".repeat(10_000);

const bodies = [
  ["with a length", (text: string) => text],
  ["in chunks", (text: string) => new Blob([text]).stream()],
] as const;

describe("a body that is not kept", () => {
  it.each(bodies)("goes to the owner alone, byte for byte, %s", async (_how, body) => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    const asked = [decidesFirst(monolith), decidesFirst(extracted)];
    const proxy = await ordersProxy(monolith, extracted);
    const answered = await post(proxy.url, body(LARGE));
    expect([answered.status, await answered.text()]).toEqual([201, "taken"]);
    expect(asked.map(({ asks }) => asks)).toEqual([1, 1]);
    // Neither the refused one nor anybody else saw it but the owner.
    expect([monolith.asked(), extracted.effects]).toEqual([0, [digestOf(LARGE)]]);
    expect((await post(proxy.url)).status).toBe(201);
  });

  it("is kept of the client while no side owns the slot, and goes to the next owner", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(false, 1)];
    decidesFirst(monolith);
    const asked = decidesFirst(extracted);
    const proxy = await ordersProxy(monolith, extracted, { hold: "ms: 60000" });
    const answered = post(proxy.url, LARGE);
    await until(() => asked.asks >= 3);
    extracted.owner = true;
    expect((await answered).status).toBe(201);
    expect(extracted.effects).toEqual([digestOf(LARGE)]);
  });

  it("that the wrong side took is refused with 503, and finds the owner when it is sent again", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    decidesFirst(extracted);
    const proxy = await ordersProxy(monolith, extracted);
    const refused = await post(proxy.url, LARGE);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await refused.json()).toMatchObject({ code: "BYN-PROXY-030" });
    expect(extracted.effects).toEqual([]);
    expect((await post(proxy.url, LARGE)).status).toBe(201);
    expect([monolith.asked(), extracted.effects]).toEqual([1, [digestOf(LARGE)]]);
    await until(() => proxy.log.some(({ code }) => code === "BYN-PROXY-030"));
  });

  it("goes all the same to a side that says nothing within the bound, and not before", async () => {
    const clock = manualClock();
    let seen = "";
    const url = await rawUpstream((socket, text) => {
      seen += text;
      if (seen.endsWith("0\r\n\r\n")) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
    });
    const { clockMs } = clock;
    const proxy = await ordersProxy({ url }, { url }, { hold: "bodyBytes: 3", clockMs });
    const answered = post(proxy.url, new Blob(["hello"]).stream());
    await until(() => seen.includes("\r\n\r\n"));
    expect(seen).toMatch(/\r\nExpect: 100-continue\r\n/);
    clock.forward(900);
    await clock.looked();
    await clock.looked();
    expect(seen.endsWith("\r\n\r\n")).toBe(true);
    expect(seen).not.toContain("hello");
    clock.forward(200);
    expect((await answered).status).toBe(204);
    expect(seen).toContain("hello");
  });

  it.each([
    ["keeps its connection", ""],
    ["closes", "Connection: close\r\n"],
  ])(
    "does not go to a side that answers without a 100 and %s; the client gets the answer",
    async (_what, field) => {
      let seen = "";
      const url = await rawUpstream((socket, text) => {
        if (seen === "") socket.write(`HTTP/1.1 409 Conflict\r\n${field}Content-Length: 4\r\n\r\nfull`);
        seen += text;
      });
      const proxy = await ordersProxy({ url }, { url });
      const answered = await post(proxy.url, LARGE);
      expect([answered.status, await answered.text()]).toEqual([409, "full"]);
      expect(seen.endsWith("\r\n\r\n")).toBe(true);
    },
  );

  it("is bounded by `limits.bodyBytes`, what was read before included", async () => {
    const monolith = await side(true, 1);
    const asked = decidesFirst(monolith);
    const more = "limits: { bodyBytes: 10 }";
    const proxy = await ordersProxy(monolith, monolith, { hold: "bodyBytes: 5", more });
    for (const body of ["x".repeat(11), new Blob(["x".repeat(11)]).stream()]) {
      const answered = await post(proxy.url, body);
      expect([answered.status, await answered.json()]).toMatchObject([413, { code: "BYN-PROXY-007" }]);
    }
    expect((await post(proxy.url, new Blob(["x".repeat(10)]).stream())).status).toBe(201);
    const before = asked.asks;
    const inTwo = new ReadableStream({
      start: (controller) => controller.enqueue("xxxxxx"),
      pull: async (controller) => {
        await until(() => asked.asks > before);
        controller.enqueue("xxxxx");
        controller.close();
      },
    });
    const answered = await post(proxy.url, inTwo.pipeThrough(new TextEncoderStream()));
    expect([answered.status, await answered.json()]).toMatchObject([413, { code: "BYN-PROXY-007" }]);
    expect(monolith.effects).toEqual([digestOf("x".repeat(10))]);
  });

  it("ends upstream when its client leaves", async () => {
    let ended = false;
    let seen = "";
    const url = await rawUpstream((socket, text) => {
      if (seen === "") {
        socket.once("close", () => {
          ended = true;
        });
      }
      seen += text;
    });
    const proxy = await ordersProxy({ url }, { url });
    const leaving = new AbortController();
    const answered = post(proxy.url, LARGE, leaving.signal).catch(() => "left");
    await until(() => seen.includes("100-continue"));
    leaving.abort();
    expect(await answered).toBe("left");
    await until(() => ended);
  });
});

describe("many bodies at once", () => {
  it.each(bodies)("are all served, %s: those that find no room pass", async (_how, body) => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    const asked = decidesFirst(monolith);
    decidesFirst(extracted);
    const hold = `bodyBytes: ${SMALL.length}, bytes: ${SMALL.length * 2}`;
    const proxy = await ordersProxy(monolith, extracted, { hold });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(proxy.url, body(SMALL))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(extracted.effects).toEqual(answers.map(() => digestOf(SMALL)));
    expect(monolith.asked() + asked.asks).toBeLessThanOrEqual(20);
    // The room is free again: the next is kept, so nobody is asked first.
    const before = asked.asks;
    await post(proxy.url, body(SMALL));
    expect(asked.asks).toBe(before);
  });

  it.each(bodies)("are kept as far as there is room, %s, and no further", async (_how, body) => {
    const waiting: (() => void)[] = [];
    const monolith = await side(true, 1, (request, response) => {
      request.once("end", () => waiting.push(() => response.end("taken")));
    });
    const asked = decidesFirst(monolith);
    const hold = `bodyBytes: ${SMALL.length}, bytes: ${SMALL.length * 2}`;
    const proxy = await ordersProxy(monolith, monolith, { hold });
    const answers = [];
    for (let n = 1; n <= 3; n++) {
      answers.push(post(proxy.url, body(SMALL)));
      await until(() => waiting.length === n);
      expect(asked.asks).toBe(n <= 2 ? 0 : 1);
    }
    for (const end of waiting) end();
    for (const answer of answers) expect(await (await answer).text()).toBe("taken");
  });

  it("take no room once their answers have begun", async () => {
    const begun: (() => void)[] = [];
    const monolith = await side(true, 1, (_request, response) => {
      response.writeHead(200).write("begun");
      begun.push(() => response.end());
    });
    const asked = decidesFirst(monolith);
    const hold = `bodyBytes: ${SMALL.length}, bytes: ${SMALL.length}`;
    const proxy = await ordersProxy(monolith, monolith, { hold });
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await post(proxy.url, SMALL));
    expect(asked.asks).toBe(0);
    for (const end of begun) end();
    for (const answer of answers) expect(await answer.text()).toBe("begun");
  });
});

describe("trailers of a held request", () => {
  it.each([
    ["is kept", "bodyBytes: 65536"],
    ["passes", "bodyBytes: 2"],
  ])("reach the side that takes it, at a repeat too, when its body %s", async (_what, hold) => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    decidesFirst(monolith);
    decidesFirst(extracted);
    const proxy = await ordersProxy(monolith, extracted, { hold });
    const status = await new Promise((resolve, reject) => {
      const headers = { ...CUSTOMER, "transfer-encoding": "chunked", trailer: "x-sum" };
      const sending = httpRequest(`${proxy.url}/api/orders`, { method: "POST", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sending.on("error", reject);
      sending.write("an ");
      sending.write("order");
      sending.addTrailers({ "x-sum": "42", "x-banyan-side": "mine" });
      sending.end();
    });
    expect(status).toBe(201);
    expect(extracted.effects).toEqual([digestOf("an order")]);
    expect(extracted.trailers).toEqual([{ "x-sum": "42" }]);
  });
});

describe("an unsafe request with an Idempotency-Key whose sending broke off", () => {
  it.each([
    ["kept", "an order"],
    ["passing", LARGE],
  ])("after its bytes were sent is refused, and never sent to the other side (%s)", async (_what, body) => {
    let seen = "";
    const url = await rawUpstream((socket, text) => {
      if (!seen.includes("\r\n\r\n") && text.includes("100-continue")) {
        socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      }
      seen += text;
      if (seen.split("\r\n\r\n")[1] !== "") socket.resetAndDestroy();
    });
    const extracted = await side(true, 1);
    const proxy = await ordersProxy({ url }, extracted);
    const key = "Idempotency-Key: k-1\r\nConnection: close\r\n";
    const length = `Content-Length: ${Buffer.byteLength(body, "latin1")}\r\n`;
    const answered = await raw(
      proxy.port,
      `POST /api/orders HTTP/1.1\r\nHost: a\r\nX-Customer: c-1\r\n${key}${length}\r\n${body}`,
      (text) => text.includes("BYN-PROXY"),
    );
    expect([answered.status, answered.text]).toEqual([502, expect.stringContaining("BYN-PROXY-011")]);
    expect(extracted.asked()).toBe(0);
    expect(seen.match(/POST \/api\/orders/g)).toHaveLength(1);
  });
});

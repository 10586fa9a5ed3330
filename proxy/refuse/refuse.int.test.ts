import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { stopAll, until, webUpstream } from "../proxy.fixture.ts";
import { refuse } from "./refuse.ts";

// Sockets and `node:http` keep the real clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
});

/** A client that has read the refusal of its request, of whose body half is still to come. */
async function refusedHalfway(): Promise<{ client: Socket; response: ServerResponse }> {
  let refused: ServerResponse | undefined;
  const { url } = await webUpstream((request, response) => {
    refused = response;
    refuse(request, { kind: "response", response }, new BanyanError("BYN-PROXY-007", "too long"), "r-1");
  });
  const client = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  client.on("data", (chunk) => {
    text += chunk.toString();
  });
  client.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfirst");
  await until(() => text.endsWith("}"));
  if (refused === undefined) throw new Error("nothing was refused");
  return { client, response: refused };
}

it("reads what a refused client goes on sending, and closes in order once it has all", async () => {
  const { client, response } = await refusedHalfway();
  vi.advanceTimersByTime(1_000);
  expect(response.writableEnded).toBe(false);
  client.write("other");
  await once(client, "end");
  expect(response.req.complete).toBe(true);
});

it("does not wait for ever for a refused client that stops sending", async () => {
  const { client, response } = await refusedHalfway();
  vi.advanceTimersByTime(2_000);
  await once(client, "end");
  expect(response.req.complete).toBe(false);
});

import { createServer, type Server } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Relay } from "./relay.ts";

let side: Server;
let port = 0;
let served = 0;
const relays: Relay[] = [];

beforeEach(async () => {
  served = 0;
  side = createServer((_request, response) => {
    served += 1;
    response.end("answered");
  });
  port = await listen(side, 0);
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
  await close(side);
});

async function relay(dropRatio: number): Promise<Relay> {
  const made = new Relay({ targetPort: port, dropRatio, random: () => 0.25 });
  relays.push(made);
  await made.listen();
  return made;
}

const ask = async (wire: Relay) => (await fetch(wire.url)).text();

test("requests and answers pass, one after another on one connection", async () => {
  const wire = await relay(0);
  for (let n = 0; n < 3; n++) expect(await ask(wire)).toBe("answered");
  expect(wire.dropped).toBe(0);
});

test("an answer is cut after its request was delivered, and counted; spared, it arrives", async () => {
  const wire = await relay(1);
  await expect(ask(wire)).rejects.toThrow();
  expect([served, wire.dropped]).toEqual([1, 1]);
  wire.spare();
  expect(await ask(wire)).toBe("answered");
});

test("while it stands still nothing is delivered, and all of it afterwards", async () => {
  const wire = await relay(0);
  wire.pause();
  const asked = ask(wire);
  await expect.poll(() => wire.waiting).toBeGreaterThan(0);
  expect(served).toBe(0);
  wire.resume();
  expect(await asked).toBe("answered");
});

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createLog } from "@banyan/platform/logging/log.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Listener, listenTo } from "./listener.ts";

/*
 * The drill found: the end of a connection cut the wait for the next one short, so each listener came back fifty times a
 * second to a Postgres that was starting, and kept it from that.
 */

let server: Server;
let listener: Listener;
let cameAtMs: number[] = [];
const sockets = new Set<Socket>();

beforeEach(async () => {
  cameAtMs = [];
  server = createServer((socket) => {
    cameAtMs.push(performance.now());
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", () => socket.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  listener = listenTo({
    url: `postgres://nobody:nothing@127.0.0.1:${port}/none`,
    channel: "none",
    name: "test",
    log: createLog("test", "silent"),
    random: () => 0,
    onNotification: () => {},
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await listener.close();
  await new Promise((resolve) => server.close(resolve));
});

test("a server that ends every connection is left alone for longer and longer", async () => {
  await expect.poll(() => cameAtMs.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(6);
  const [first = 0, , , , , sixth = 0] = cameAtMs;
  // Half of 50, 100, 200, 400 and 800 ms (backoff.ts), less what timers may be early.
  expect(sixth - first).toBeGreaterThan(750);
});

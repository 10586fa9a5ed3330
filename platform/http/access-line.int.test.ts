import { createServer, get, type Server } from "node:http";
import express from "express";
import { afterEach, expect, test } from "vitest";
import { close, listen } from "../lifecycle/listen.ts";
import { createLog } from "../logging/log.ts";
import { withAccessLines } from "./access-line.ts";
import { requestId } from "./request-id.ts";

let server: Server | undefined;
afterEach(() => (server === undefined ? undefined : close(server, 0)));

/** A process' app behind its access lines, and the lines that came. */
async function serving(level = "info") {
  const lines: Record<string, unknown>[] = [];
  const log = createLog("test", level);
  log.info = (line: unknown) => void lines.push(line as Record<string, unknown>);
  const app = express();
  app.use(requestId);
  app.get("/livez", (_request, response) => void response.json({}));
  const held = Promise.withResolvers<void>();
  app.get("/held", () => held.resolve());
  const inner = express.Router();
  inner.get("/things/:id", (_request, response) => void response.status(201).end("x"));
  app.use("/api", inner);
  server = createServer(withAccessLines(app, log));
  return { url: `http://127.0.0.1:${await listen(server, 0)}`, lines, held: held.promise };
}

test("each request but a probe leaves a line: id, method, path without the query, route, status, time", async () => {
  const { url, lines } = await serving();
  await fetch(`${url}/livez`);
  await (await fetch(`${url}/api/things/7?q=secret`, { headers: { "x-request-id": "abcdefgh" } })).text();
  await (await fetch(`${url}/nowhere`, { method: "POST" })).text();
  await expect.poll(() => lines.length).toBe(2);
  expect(lines[0]).toEqual({
    requestId: "abcdefgh",
    method: "GET",
    path: "/api/things/7",
    route: "/api/things/:id",
    status: 201,
    durationMs: expect.any(Number),
    ended: "complete",
  });
  expect(lines[1]).toMatchObject({ method: "POST", path: "/nowhere", route: undefined, status: 404 });
  expect(lines[1]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a client that left before its answer is told apart", async () => {
  const { url, lines, held } = await serving();
  const asked = get(`${url}/held`).on("error", () => {});
  await held;
  asked.destroy();
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toMatchObject({ path: "/held", status: 0, ended: "client-left" });
});

test("over the level info there is nothing to pay: the listener stays itself", () => {
  const listener = () => {};
  expect(withAccessLines(listener, createLog("test", "warn"))).toBe(listener);
  expect(withAccessLines(listener, createLog("test", "info"))).not.toBe(listener);
});

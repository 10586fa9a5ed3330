import { createServer, type Server, type ServerResponse } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { ask, patient, read, type Service } from "./ask.ts";

/* The drill found: one answer that was cut on its way cost its customer the order. */

let server: Server;
let service: Service;
let asked = 0;
/** What each request in turn gets; the last one stays. */
let script: ((response: ServerResponse) => void)[] = [];

const good = (response: ServerResponse) => response.end('{"held":true}');
const away = (response: ServerResponse) => response.writeHead(503).end("{}");
const cut = (response: ServerResponse) => response.destroy();
const cutInTheMiddle = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": 100 });
  response.write('{"held":', () => response.destroy());
};

beforeEach(async () => {
  asked = 0;
  server = createServer((_request, response) => {
    const answer = script[Math.min(asked, script.length - 1)];
    asked += 1;
    answer?.(response);
  });
  const base = `http://127.0.0.1:${await listen(server, 0)}`;
  service = patient({ name: "the inventory", base: () => base, token: "token", deadlineMs: 5_000 });
});
afterEach(() => close(server, 0));

const reserve = async () =>
  read(
    service,
    await ask(service, { method: "PUT", path: "/reservations/1", body: {} }, [409]),
    z.object({ held: z.boolean() }),
  );

test.each([
  ["cut before its first byte", cut],
  ["cut in the middle", cutInTheMiddle],
  ["that says the side is away for a moment", away],
])("an answer %s is asked for again", async (_what, first) => {
  script = [first, good];
  expect(await reserve()).toEqual({ held: true });
  expect(asked).toBe(2);
});

test("who stays away is not asked for ever", async () => {
  script = [away];
  await expect(reserve()).rejects.toMatchObject({ code: "BYN-SHOP-032" });
  expect(asked).toBe(3);
});

test("who is not patient asks once", async () => {
  script = [cut, good];
  const { tries: _patient, ...hasty } = service;
  service = hasty;
  await expect(reserve()).rejects.toMatchObject({ code: "BYN-SHOP-032" });
  expect(asked).toBe(1);
});

test("a refusal is an answer, and is not asked for again", async () => {
  script = [(response) => response.writeHead(409).end("{}")];
  expect((await ask(service, { method: "PUT", path: "/" }, [409])).status).toBe(409);
  script = [(response) => response.writeHead(404).end("{}")];
  await expect(ask(service, { method: "PUT", path: "/" }, [409])).rejects.toMatchObject({
    code: "BYN-SHOP-032",
  });
  expect(asked).toBe(2);
});

test("no try outlives the deadline of all of them", async () => {
  script = [() => {}];
  service = { ...service, deadlineMs: 50 };
  await expect(reserve()).rejects.toMatchObject({ code: "BYN-SHOP-032" });
  expect(asked).toBe(1);
});

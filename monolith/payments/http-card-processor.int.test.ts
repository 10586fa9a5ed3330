import { createServer, type RequestListener, type Server } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { afterEach, expect, test } from "vitest";
import { undoCharge } from "./undo-charge.ts";

const DEADLINE_MS = 150;
const request = {
  amount: 100,
  currency: "EUR",
  card: { number: "4242424242424242", expiry: "12/98", cvc: "123" },
};
const log = createLog("test", "silent");

let server: Server | undefined;
afterEach(async () => {
  if (server !== undefined) await close(server, 0);
  server = undefined;
});

async function processor(answer: RequestListener): Promise<{ cards: CardProcessor; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    answer(incoming, response);
  });
  return { cards: httpCardProcessor(`http://127.0.0.1:${await listen(server, 0)}`, DEADLINE_MS), asked };
}

const says =
  (status: number, body: string): RequestListener =>
  (_incoming, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  };

test.each<[string, RequestListener]>([
  ["never", () => {}],
  [
    "with a head, and then never",
    (_incoming, response) => {
      response.writeHead(201, { "content-length": "50" }).write("{");
    },
  ],
  ["by closing the connection", (incoming) => void incoming.socket.destroy()],
  ["with an error of its own", says(500, "{}")],
  ["with something else than JSON", says(201, "<html>")],
  ["with JSON that is no charge", says(201, '{"id":"x","status":"perhaps"}')],
  [
    "by sending us elsewhere",
    (_incoming, response) => {
      response.writeHead(307, { location: "http://127.0.0.1:1/" }).end();
    },
  ],
])("a processor that answers %s is BYN-SHOP-017, within the deadline", async (_how, answer) => {
  const { cards } = await processor(answer);
  for (const ask of [
    () => cards.charge("0000000a", request),
    () => cards.find("0000000a"),
    () => cards.refund("0000000a"),
  ]) {
    await expect(ask()).rejects.toMatchObject({ code: "BYN-SHOP-017" });
  }
});

test("a charge that may have been taken is asked for by its id, and given back unless it is none", async () => {
  const failure = new Error("the commit failed");
  const asksOf = async (find: RequestListener) => {
    const { cards, asked } = await processor((incoming, response) => {
      if (incoming.method === "GET") find(incoming, response);
      else says(200, '{"id":"0000000a","status":"refunded"}')(incoming, response);
    });
    await undoCharge(cards, { paymentId: "0000000a", failure, log });
    if (server !== undefined) await close(server, 0);
    return asked;
  };
  const both = ["GET /charges/0000000a", "PUT /charges/0000000a/refund"];
  expect(await asksOf(says(200, '{"id":"0000000a","status":"charged"}'))).toEqual(both);
  // Not there yet: it may still be on its way, so its place is taken.
  expect(await asksOf(says(404, "{}"))).toEqual(both);
  expect(await asksOf(says(200, '{"id":"0000000a","status":"declined"}'))).toEqual(both.slice(0, 1));
  expect(await asksOf(says(200, '{"id":"0000000a","status":"refunded"}'))).toEqual(both.slice(0, 1));
});

test("a charge that can't be given back is logged with BYN-SHOP-023 and its id, and throws nothing", async () => {
  const { cards } = await processor(says(500, "{}"));
  const lines: object[] = [];
  const listening = createLog("test", "silent");
  listening.error = (line: object) => void lines.push(line);
  await undoCharge(cards, { paymentId: "0000000a", failure: new Error("x"), log: listening });
  expect(lines).toMatchObject([{ code: "BYN-SHOP-023", paymentId: "0000000a" }]);
});

test("a charge whose connection never came about leaves nothing to settle", async () => {
  const { cards, asked } = await processor(() => {});
  if (server !== undefined) await close(server, 0);
  server = undefined;
  const failure = await cards.charge("0000000a", request).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "BYN-SHOP-017" });
  const lines: object[] = [];
  const listening = createLog("test", "silent");
  listening.error = (line: object) => void lines.push(line);
  await undoCharge(cards, { paymentId: "0000000a", failure, log: listening });
  expect([lines, asked]).toEqual([[], []]);
});

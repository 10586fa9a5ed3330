import { createServer } from "node:http";
import { HEADERS, peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import {
  appendEntry,
  type Bench,
  createBench,
  listOf,
} from "@banyan/platform/handover/model/bench.fixture.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { mustOwn } from "@banyan/platform/handover/write/misdirected.ts";
import { misdirected } from "@banyan/platform/http/misdirected.ts";
import { problems } from "@banyan/platform/http/problems.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import express from "express";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { stopAll, testProxy } from "../proxy.fixture.ts";

/* Two real sides with real guarded writes on two real databases, and a slot that goes to and fro under writers. */

const list = listOf("list");
const CUSTOMER = "c-1";
const slot = slotOf("list", CUSTOMER);
const act = { token: 1, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

let bench: Bench;
const closing: (() => Promise<void>)[] = [];
const refused: Record<Side, number> = { monolith: 0, extracted: 0 };

beforeEach(async () => {
  bench = await createBench(inject("postgresUrl"));
  await bench.open("list", slot);
  const side = (of: Side) => ({ pool: bench.pools[of], capability: list });
  await fillSlots({ owner: side("monolith"), copy: side("extracted"), act, slots: [slot] });
});

afterEach(async () => {
  await stopAll();
  for (const end of closing.splice(0)) await end();
  await bench.close();
});

/** A side as one writes it: who owns the slot is decided before the body is read, and again under the lock. */
async function serve(side: Side): Promise<string> {
  const pool = bench.pools[side];
  const app = express();
  const slotAsked = (request: express.Request) => slotOf("list", request.get("x-customer") ?? "");
  app.use(async (request, response, next) => {
    await mustOwn(pool, "list", slotAsked(request));
    // Node says it by itself to whoever does not listen for `checkContinue`.
    if (request.headers.expect !== undefined) response.writeContinue();
    next();
  });
  app.post("/list", express.text({ limit: "10mb" }), async (request, response) => {
    const write = String(request.body).slice(0, 20);
    const key = { principal: CUSTOMER, route: "POST /list", key: write, bodyHash: write };
    const done = await guardedWrite(
      pool,
      { capability: "list", slot: slotAsked(request), key },
      async (client) => {
        await appendEntry(client, "list", slot, write);
        return { changes: [{ write }], response: { status: 201, headers: {}, body: {} } };
      },
    );
    response.status(done.kind === "written" ? 201 : 500).json({ kind: done.kind });
  });
  app.get("/list", async (_request, response) => {
    const { rows } = await pool.query("SELECT write FROM entry WHERE slot = $1 ORDER BY pos", [slot]);
    response.json(rows.map(({ write }) => write));
  });
  app.use(((error, _request, _response, next) => {
    if (error.code === "BYN-DATA-020") refused[side] += 1;
    next(error);
  }) satisfies express.ErrorRequestHandler);
  app.use(misdirected, problems(createLog(side, "silent")));
  const server = createServer(app);
  server.on("checkContinue", app);
  const port = await listen(server, 0);
  closing.push(() => close(server));
  return `http://127.0.0.1:${port}`;
}

async function move(from: Side): Promise<void> {
  const to = peerOf(from);
  const between = { capability: "list", slot, from: bench.pools[from], to: bench.pools[to] };
  await handOver(between, act, 1_000);
  await arrive(from);
}

/** The other side takes all that this one has written. */
async function arrive(from: Side): Promise<void> {
  const peer = peerOutbox(bench.pools[from]);
  await drain({ capability: list, own: bench.pools[peerOf(from)], peer, batch: 100 }, slot);
}

it.each([
  ["kept", 65_536, 20],
  ["passing", 10, 20],
])("every write is taken once while its slot changes hands, its body %s", async (how, bodyBytes, writes) => {
  const [monolith, extracted] = [await serve("monolith"), await serve("extracted")];
  const proxy = await testProxy({
    monolith,
    catalog: extracted,
    more: `  list: { upstream: catalog, routes: [ POST /list, GET /list ], writes: owned, slotKey: { header: x-customer } }
showSide: true
hold: { ms: 60000, bodyBytes: ${bodyBytes} }
`,
  });
  const headers = { "x-customer": CUSTOMER, "content-type": "text/plain" };
  const statuses: number[] = [];
  const again: unknown[] = [];
  const writing = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 0; n < writes; n++) {
      const body = `${writer}-${n}`.padEnd(20, " ").padEnd(20_000, "x");
      for (;;) {
        const answered = await fetch(`${proxy.url}/list`, { method: "POST", headers, body });
        if (answered.status === 503) again.push(((await answered.json()) as { code: string }).code);
        else {
          statuses.push(answered.status);
          break;
        }
      }
    }
  });
  let owner: Side = "monolith";
  for (let next = 4; next < 4 * writes; next += 4) {
    await move(owner);
    owner = peerOf(owner);
    await until(`${next} writes were taken`, () => statuses.length >= next);
  }
  await Promise.all(writing);
  expect(statuses).toEqual(Array.from({ length: 4 * writes }, () => 201));
  // Between 100 and the lock the slot may go, and with it a body that was not kept: the client sends it again.
  expect(again.filter((code) => how === "kept" || code !== "BYN-PROXY-030")).toEqual([]);
  expect(refused.monolith + refused.extracted).toBeGreaterThan(0);
  await arrive(owner);
  // Both sides have every write, once and in one order.
  const lists = await Promise.all(
    SIDES.map(async (side) =>
      (await list.rows.rows(await connection(side), slot)).map(({ record }) => record),
    ),
  );
  expect(lists[0]).toHaveLength(4 * writes);
  expect(lists[1]).toEqual(lists[0]);
  expect(new Set(lists[0]?.map((record) => JSON.stringify(record.write))).size).toBe(4 * writes);
  const read = await fetch(`${proxy.url}/list`, { headers });
  expect(await read.json()).toEqual(lists[0]?.map((record) => record.write));
  expect(read.headers.get(HEADERS.side)).toBe(owner);
});

async function connection(side: Side) {
  const client = await bench.pools[side].connect();
  closing.unshift(async () => client.release());
  return client;
}

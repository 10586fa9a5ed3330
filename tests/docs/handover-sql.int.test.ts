import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import {
  appendEntry,
  type Bench,
  createBench,
  listOf,
} from "@banyan/platform/handover/model/bench.fixture.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { blocksOf, sectionOf, statementsOf } from "./handover-reading.ts";
import { read } from "./project.ts";

/* The SQL of docs/handover.md, run as it stands there: what a side in another language writes, ours must take. */

const CAPABILITY = "list";
const SLOT = 7;
const list = listOf(CAPABILITY);
const text = read("docs/handover.md");
const act = { token: 1, sleep: async () => {} };
const response = { status: 201, headers: {}, body: { id: 1 } };
const key = { principal: "c-00001", route: "POST /api/orders", key: "k-1", bodyHash: "9f86d081" };

type Pool = Bench["pools"]["monolith"];
type PoolClient = Parameters<typeof appendEntry>[0];

let bench: Bench;

beforeAll(async () => {
  bench = await createBench(inject("postgresUrl"));
  await bench.open(CAPABILITY, SLOT);
  const owner = { pool: bench.pools.monolith, capability: list };
  const copy = { pool: bench.pools.extracted, capability: list };
  expect((await fillSlots({ owner, copy, act })).filled).toBe(1);
});
afterAll(() => bench.close());

/** Runs the one block of SQL of a section on one connection; `after` is told of each statement and its first row. */
async function runBlock(
  on: Pool,
  heading: string,
  values: Readonly<Record<string, unknown>>,
  after: (statement: string, row: unknown, client: PoolClient) => Promise<void>,
): Promise<void> {
  const [block = ""] = blocksOf({ path: "docs/handover.md", text: sectionOf(text, heading) }, "sql");
  const literal = (name: string): string => {
    if (!(name in values)) throw new Error(`the page's SQL has $${name}, which this test does not know`);
    const value = values[name];
    if (typeof value === "number") return String(value);
    const written = typeof value === "string" ? value : JSON.stringify(value);
    return `'${written.replaceAll("'", "''")}'`;
  };
  const client = await on.connect();
  try {
    for (const statement of statementsOf(block, literal)) {
      const { rows } = await client.query(statement);
      await after(statement, rows[0], client);
    }
  } finally {
    client.release(true);
  }
}

const drainInto = (side: "monolith" | "extracted") => {
  const peer = peerOutbox(bench.pools[side === "monolith" ? "extracted" : "monolith"]);
  return drain({ capability: list, own: bench.pools[side], peer, batch: 10 }, SLOT);
};

test("a write by the page's SQL is one that the inbox applies, with its key", async () => {
  const seen: unknown[] = [];
  const values = {
    capability: CAPABILITY,
    slot: SLOT,
    principal: key.principal,
    route: key.route,
    name: key.key,
    hash: key.bodyHash,
    response,
    seq: 1,
    epoch: 1,
    changes: [{ write: "one" }],
    key: { ...key, response },
  };
  await runBlock(bench.pools.monolith, "A write", values, async (statement, row, client) => {
    if (/FOR UPDATE|RETURNING/.test(statement)) seen.push(row);
    if (!statement.startsWith("SELECT body_hash")) return;
    seen.push(row);
    await appendEntry(client, CAPABILITY, SLOT, "one");
  });
  expect(seen).toEqual([{ owner: true, epoch: "1" }, undefined, { seq: "1" }]);

  expect(await drainInto("extracted")).toMatchObject({ applied: 1, end: "taken" });
  const owner = { pool: bench.pools.monolith, capability: list };
  const copy = { pool: bench.pools.extracted, capability: list };
  expect(await reconcileSlot({ owner, copy, slot: SLOT })).toMatchObject({ kind: "equal", seq: 1 });
  const repeated = await guardedWrite(bench.pools.monolith, { capability: CAPABILITY, slot: SLOT, key }, () =>
    Promise.reject(new Error("a known key must not be worked on")),
  );
  expect(repeated).toEqual({ kind: "replayed", response });
});

test("a handover by the page's SQL makes the receiver the owner, once it has drained", async () => {
  const values = { capability: CAPABILITY, slot: SLOT, token: 2, epoch: 1, seq: 1 };
  const seen: unknown[] = [];
  await runBlock(bench.pools.monolith, "Handover and abort", values, async (statement, row) => {
    if (/^SELECT (?!pg_notify)/.test(statement)) seen.push(row);
  });
  expect(seen).toEqual([
    { token: "2" },
    { owner: true, epoch: "1", seq: "1" },
    { pg_try_advisory_xact_lock: true },
  ]);
  expect(await readSlot(bench.pools.monolith, CAPABILITY, SLOT)).toMatchObject({
    owner: false,
    epoch: 2,
    seq: 2,
  });

  expect(await drainInto("extracted")).toMatchObject({ applied: 1, end: "taken" });
  expect(await readSlot(bench.pools.extracted, CAPABILITY, SLOT)).toMatchObject({
    owner: true,
    epoch: 2,
    seq: 2,
  });
  const written = await guardedWrite(
    bench.pools.extracted,
    { capability: CAPABILITY, slot: SLOT },
    async (client) => {
      await appendEntry(client, CAPABILITY, SLOT, "two");
      return { changes: [{ write: "two" }], response: null };
    },
  );
  expect(written).toMatchObject({ kind: "written", seq: 3, epoch: 2 });
  expect(await drainInto("monolith")).toMatchObject({ applied: 1, end: "taken" });
  const owner = { pool: bench.pools.extracted, capability: list };
  const copy = { pool: bench.pools.monolith, capability: list };
  expect(await reconcileSlot({ owner, copy, slot: SLOT })).toMatchObject({ kind: "equal", seq: 3 });
});

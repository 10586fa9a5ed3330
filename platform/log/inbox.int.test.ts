import { Client } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { backfill } from "./backfill.ts";
import { deliver } from "./deliver.ts";
import { receive } from "./inbox.ts";
import { type OutboxRow, type PeerOutbox, peerOutbox } from "./peer.ts";
import { createSample, type Sample, sample, until } from "./sample.ts";

let bench: Sample;
let to: { capability: typeof sample; copy: Sample["copy"]; peer: PeerOutbox; batch: number };
beforeEach(async () => {
  bench = await createSample(inject("postgresUrl"), 4);
  to = { capability: sample, copy: bench.copy, peer: peerOutbox(bench.source), batch: 3 };
});
afterEach(() => bench.close());

const fill = () => backfill({ capability: sample, source: bench.source, copy: bench.copy });

async function written(slot: number): Promise<readonly OutboxRow[]> {
  return (await to.peer.read("sample", slot, 0, 1_000)).rows;
}

async function copyRow(slot: number): Promise<unknown> {
  return (await bench.copy.query("SELECT state, seq::int, trouble_code FROM copy WHERE slot = $1", [slot]))
    .rows[0];
}

test("an event is applied once: what comes again, alone or in any heap, is counted as a duplicate", async () => {
  await fill();
  for (let i = 1; i <= 4; i++) await bench.edit(1, "a", i);
  const rows = await written(1);
  expect(await receive(bench.copy, sample, 1, rows.slice(0, 2))).toMatchObject({ applied: 2, duplicates: 0 });
  expect(await receive(bench.copy, sample, 1, rows)).toMatchObject({ applied: 2, duplicates: 2, seq: 4 });
  expect(await receive(bench.copy, sample, 1, rows)).toMatchObject({
    applied: 0,
    duplicates: 4,
    end: "taken",
  });
  expect(await bench.journal(1)).toEqual([1, 2, 3, 4]);
});

test("on a gap the inbox drops what came and pulls the missing rows, in order", async () => {
  await fill();
  for (let i = 1; i <= 10; i++) await bench.edit(1, "a", i);
  const rows = await written(1);
  expect(await receive(bench.copy, sample, 1, rows.slice(6, 8))).toMatchObject({
    end: "gap",
    applied: 0,
    seq: 0,
  });
  expect(await deliver(to, 1, rows.slice(6, 8))).toMatchObject({ applied: 3, gaps: 1, seq: 3, end: "taken" });
  expect(await deliver(to, 1, [...rows.slice(3, 5), ...rows.slice(8)])).toMatchObject({ gaps: 1, seq: 8 });
  expect(await bench.journal(1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test.each(["empty", "filling", "quarantined"])(
  "a copy that is %s takes nothing and judges nothing",
  async (state) => {
    await bench.edit(1, "a", 1);
    await bench.copy.query(
      "UPDATE copy SET state = $1, trouble_code = 'X', trouble_detail = 'x' WHERE slot = 1",
      [state],
    );
    const heap = [...(await written(1)), { seq: 9, payload: "nonsense" }];
    expect(await deliver(to, 1, heap)).toEqual({
      applied: 0,
      duplicates: 0,
      gaps: 0,
      seq: 0,
      end: "refused",
      quarantined: false,
    });
    expect(await bench.journal(1)).toEqual([]);
  },
);

test("a peer out of reach quarantines nothing", async () => {
  await fill();
  await bench.edit(1, "a", 1);
  const away: PeerOutbox = { ...to.peer, read: () => Promise.reject(new Error("connect ECONNREFUSED")) };
  await expect(deliver({ ...to, peer: away }, 1, [{ seq: 5, payload: null }])).rejects.toThrow(
    "ECONNREFUSED",
  );
  expect(await copyRow(1)).toMatchObject({ state: "following", trouble_code: null });
});

test("missing rows quarantine only a copy that still is where the pull began", async () => {
  await fill();
  for (let i = 1; i <= 3; i++) await bench.edit(1, "a", i);
  const rows = await written(1);
  const overtaken: PeerOutbox = {
    ...to.peer,
    read: async () => {
      await receive(bench.copy, sample, 1, rows); // another worker gets there while we look
      return { head: 3, rows: [] };
    },
  };
  expect(await deliver({ ...to, peer: overtaken }, 1, [{ seq: 3, payload: null }])).toMatchObject({
    quarantined: false,
  });
  expect(await copyRow(1)).toEqual({ state: "following", seq: 3, trouble_code: null });
  const pruned: PeerOutbox = { ...to.peer, read: async () => ({ head: 9, rows: rows.slice(2) }) };
  expect(await deliver({ ...to, peer: pruned }, 1, [{ seq: 9, payload: null }])).toMatchObject({
    quarantined: true,
  });
  expect(await copyRow(1)).toEqual({ state: "quarantined", seq: 3, trouble_code: "BYN-DATA-004" });
});

test("an event from beyond the owner's own seq is dropped and nothing is concluded from it", async () => {
  await fill();
  await bench.edit(1, "a", 1);
  expect(await deliver(to, 1, [{ seq: 7, payload: null }])).toMatchObject({ applied: 1, seq: 1 });
  expect(await deliver(to, 1, [{ seq: 7, payload: null }])).toMatchObject({
    applied: 0,
    gaps: 1,
    quarantined: false,
  });
  expect(await copyRow(1)).toMatchObject({ state: "following", seq: 1 });
});

test("a bad event keeps the good ones before it, and is blamed only for its own fault", async () => {
  await fill();
  await bench.edit(1, "a", 1);
  await bench.edit(1, "b", -1);
  await bench.edit(1, "c", 3);
  const rows = await written(1);
  expect(await receive(bench.copy, sample, 1, rows)).toMatchObject({ applied: 1, seq: 1, end: "stopped" });
  expect(await copyRow(1)).toEqual({ state: "following", seq: 1, trouble_code: "BYN-DATA-003" });

  await bench.edit(2, "d", 1);
  const broken = {
    ...sample,
    apply: async (client: { query(sql: string): Promise<unknown> }) => {
      await client.query("SELECT pg_terminate_backend(pg_backend_pid())");
      return [];
    },
  };
  await expect(receive(bench.copy, broken, 2, await written(2))).rejects.toThrow();
  expect(await copyRow(2)).toEqual({ state: "following", seq: 0, trouble_code: null });
});

test("a lock that is not to be had in time is no fault of the event: nothing is stopped, nothing is left behind", async () => {
  await fill();
  await bench.edit(1, "a", 1);
  await receive(bench.copy, sample, 1, await written(1));
  await bench.edit(1, "b", 2);
  await bench.edit(1, "a", 3);
  const holder = await bench.copy.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT FROM item WHERE id = 'a' FOR UPDATE");
  await expect(receive(bench.copy, sample, 1, await written(1))).rejects.toMatchObject({ code: "55P03" });
  await holder.query("ROLLBACK");
  holder.release();
  expect(await copyRow(1)).toEqual({ state: "following", seq: 1, trouble_code: null });
  expect(await receive(bench.copy, sample, 1, await written(1))).toMatchObject({ applied: 2, duplicates: 1 });
});

test("applying announces the ids at its commit and writes no outbox row, so nothing echoes", async () => {
  await fill();
  await bench.edit(1, "a", 1);
  await bench.edit(1, "b", 2);
  const listener = new Client({ connectionString: bench.copyUrl });
  await listener.connect();
  const heard: string[] = [];
  listener.on("notification", (notification) => heard.push(notification.payload ?? ""));
  await listener.query("LISTEN sample_applied");
  await receive(bench.copy, sample, 1, await written(1));
  await until("heard", () => heard.length > 0);
  expect(heard).toEqual(['["a","b"]']);
  await listener.end();
  const { rows } = await bench.copy.query("SELECT to_regclass('public.outbox') AS outbox");
  expect(rows).toEqual([{ outbox: null }]);
});

import { Client } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { inTransaction } from "../postgres/pool.ts";
import { backfill } from "./backfill.ts";
import { type Follower, type FollowOptions, follow } from "./follower.ts";
import { lagOf } from "./lag.ts";
import { recordChanges } from "./outbox.ts";
import { createSample, ownRow, type Sample, sample, until } from "./sample.ts";

let bench: Sample;
const running: Follower[] = [];
beforeEach(async () => {
  bench = await createSample(inject("postgresUrl"), 6);
  await backfill({ capability: sample, source: bench.source, copy: bench.copy });
});
afterEach(async () => {
  for (const follower of running.splice(0)) await follower.stop();
  await bench.close();
});

function start(options: Partial<FollowOptions<never>> = {}): Follower {
  const follower = follow({
    capability: sample,
    source: bench.source,
    sourceUrl: bench.sourceUrl,
    copy: bench.copy,
    log: bench.log,
    random: () => 0.5,
    now: Date.now,
    ...options,
  });
  running.push(follower);
  return follower;
}

async function caughtUp(): Promise<boolean> {
  const { lagTotal } = await lagOf({ capability: "sample", source: bench.source, copy: bench.copy });
  return lagTotal === 0;
}

/** Ends connections to one of the databases, as a restart or an operator does. */
async function cut(url: string, applicationLike: string): Promise<number> {
  const admin = new Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  const { rowCount } = await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = $1 AND pid <> pg_backend_pid() AND application_name LIKE $2`,
    [new URL(url).pathname.slice(1), applicationLike],
  );
  await admin.end();
  return rowCount ?? 0;
}

const NEVER_MS = 3_600_000;

test("an edit arrives by its notification alone, long before any poll", async () => {
  const follower = start({ pollMs: NEVER_MS });
  await until("listening", () => follower.numbers().listening && follower.numbers().lag !== undefined);
  for (let i = 1; i <= 20; i++) {
    await bench.edit(1 + (i % 6), `item-${i}`, i);
    await until("applied", async () => follower.numbers().applied === i);
  }
  expect(await caughtUp()).toBe(true);
});

test("a lost notification only slows: the poll finds the edit", async () => {
  const follower = start({ pollMs: 50, sourceUrl: bench.copyUrl }); // listens where nobody notifies
  await until("listening", () => follower.numbers().listening);
  for (const n of [1, 2, 3]) {
    await bench.edit(2, "quiet", n);
    await until("applied by the poll", () => follower.numbers().applied === n);
  }
});

test("a write that commits late is never skipped, whatever is written to other slots meanwhile", async () => {
  const follower = start({ pollMs: 20 });
  let commitLate: () => void = () => {};
  let locked: () => void = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const late = inTransaction(bench.source, async (client) => {
    await recordChanges(client, "sample", 1, [{ id: "late", value: 1 }]);
    await ownRow(client, 1, "late", 1);
    locked();
    await new Promise<void>((resolve) => {
      commitLate = resolve;
    });
  });
  await isLocked;
  const next = bench.edit(1, "late", 2); // waits for the slot lock
  for (let i = 0; i < 10; i++) await bench.edit(2, `other-${i}`, i);
  await until("the other slot goes on", () => follower.numbers().applied === 10);
  commitLate();
  await Promise.all([late, next]);
  await until("both", () => follower.numbers().applied === 12);
  expect(await bench.journal(1)).toEqual([1, 2]);
});

test("a cut LISTEN connection keeps the copy going, and it listens again", async () => {
  const follower = start({ pollMs: 50 });
  await until("listening", () => follower.numbers().listening);
  expect(await cut(bench.sourceUrl, "banyan sample wake-up")).toBe(1);
  await until("not listening", () => !follower.numbers().listening);
  await bench.edit(3, "while-deaf", 1);
  await until("applied", () => follower.numbers().applied === 1);
  await until("listening again", () => follower.numbers().listening);
});

test("every connection to the owner's and to the copy's database is cut in mid-work: each edit once, in order", async () => {
  const follower = start({ pollMs: 50, batch: 3 });
  const values = Array.from({ length: 150 }, (_, i) => i);
  let cuts = 0;
  for (const value of values) {
    await bench.edit(1 + (value % 2), "same", value).catch(async () => {
      // The cut may hit the editor too; it looks whether its edit is there before it tries again.
      const found = await bench.source.query(
        "SELECT FROM outbox WHERE slot = $1 AND (payload -> 'changes' -> 0 ->> 'value')::int = $2",
        [1 + (value % 2), value],
      );
      if (found.rowCount === 0) await bench.edit(1 + (value % 2), "same", value);
    });
    if (value % 50 === 25) cuts += (await cut(bench.sourceUrl, "%")) + (await cut(bench.copyUrl, "%"));
  }
  expect(cuts).toBeGreaterThan(5);
  await until("caught up", caughtUp);
  expect(await bench.journal(1)).toEqual(values.filter((value) => value % 2 === 0));
  expect(await bench.journal(2)).toEqual(values.filter((value) => value % 2 === 1));
  expect(follower.numbers().failing).toBe(0);
});

test("a database that refuses connections is waited for, with backoff, and followed again when it is back", async () => {
  const follower = start({ pollMs: 30 });
  const admin = new Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  const name = new URL(bench.sourceUrl).pathname.slice(1);
  await bench.edit(4, "before", 1);
  await until("applied", () => follower.numbers().applied === 1);
  await bench.edit(4, "during", 2);
  await admin.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await cut(bench.sourceUrl, "%");
  await until("away", () => follower.numbers().failing >= 1);
  const sinceMs = performance.now();
  const already = follower.numbers().failing;
  await until("tried again", () => follower.numbers().failing >= already + 5);
  const fiveTriesMs = performance.now() - sinceMs;
  await admin.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
  await admin.end();
  await until("back", () => follower.numbers().failing === 0 && follower.numbers().applied === 2);
  await until("listening again", () => follower.numbers().listening);
  expect(fiveTriesMs).toBeGreaterThan(500); // 37 + 75 + 150 + 300 + … ms: backoff, not a spin
  expect(await bench.journal(4)).toEqual([1, 2]);
});

test("a bad event stops its slot only, with its reason to see, and goes on once its cause is gone", async () => {
  const follower = start({ pollMs: 20, retryStoppedMs: 50 });
  await bench.edit(1, "good", 1);
  await bench.edit(1, "bad", -5); // the copy's table refuses it
  await bench.edit(1, "behind", 3);
  await bench.edit(2, "other", 4);
  await bench.edit(3, "other", 5, "unheard-of"); // a deferred constraint refuses it
  await bench.edit(3, "behind", 6);
  await bench.source.query(
    `WITH s AS (UPDATE slot SET seq = seq + 1 WHERE slot = 4 RETURNING seq)
     INSERT INTO outbox SELECT 'sample', 4, seq, '{"changes": [{"nonsense": true}]}' FROM s`,
  );
  await until("three stopped", () => follower.numbers().lag?.stopped === 3);
  await bench.edit(5, "still", 7);
  await until("the others go on", async () => (await bench.journal(5)).length === 1);
  expect(await bench.journal(1)).toEqual([1]);
  expect(await bench.journal(2)).toEqual([4]);
  expect(await bench.journal(3)).toEqual([]);
  const { slots } = await lagOf({ capability: "sample", source: bench.source, copy: bench.copy });
  const stopped = slots.filter((row) => row.trouble !== undefined);
  expect(
    stopped.map(({ slot, state, lag, trouble }) => [slot, state, lag, trouble?.code, trouble?.seq]),
  ).toEqual([
    [1, "following", 2, "BYN-DATA-003", 2],
    [3, "following", 2, "BYN-DATA-003", 1],
    [4, "following", 1, "BYN-DATA-002", 1],
  ]);
  expect(stopped[0]?.trouble?.detail).toContain("item_value_check");
  expect(stopped[1]?.trouble?.detail).toContain("item_kind_fkey");
  expect(stopped[2]?.trouble?.detail).toContain("nonsense");

  await bench.copy.query("ALTER TABLE item DROP CONSTRAINT item_value_check");
  await bench.copy.query("INSERT INTO kind VALUES ('unheard-of')");
  await until(
    "mended",
    async () => (await bench.journal(1)).length === 3 && (await bench.journal(3)).length === 2,
  );
  await until("one is left", () => follower.numbers().lag?.stopped === 1);
});

test("a stopped slot that was filled again is followed at once, whatever rest it had before it", async () => {
  const follower = start({ pollMs: 20, retryStoppedMs: NEVER_MS });
  await bench.edit(1, "bad", -5);
  await bench.edit(1, "bad", 5);
  await until("stopped", () => follower.numbers().lag?.stopped === 1);
  await backfill({ capability: sample, source: bench.source, copy: bench.copy });
  await bench.edit(1, "after", 6);
  await until("followed", async () => (await bench.journal(1)).length === 1);
  expect(await bench.journal(1)).toEqual([6]);
});

test("a busy slot takes turns with the others", async () => {
  for (let i = 0; i < 200; i++) await bench.edit(1, "busy", i);
  for (const slot of [2, 3, 4, 5, 6]) await bench.edit(slot, "quiet", 1);
  start({ batch: 10 });
  await until("caught up", caughtUp);
  const { rows } = await bench.copy.query<{ slot: number; first: string }>(
    "SELECT slot, min(n) AS first FROM journal WHERE slot > 1 GROUP BY slot",
  );
  expect(rows).toHaveLength(5);
  for (const row of rows) expect(Number(row.first)).toBeLessThan(30);
});

test("a slot that is held by someone else is passed over, the others go on", async () => {
  const follower = start({ pollMs: 20 });
  await inTransaction(bench.copy, async (client) => {
    await client.query("SELECT FROM copy WHERE slot = 1 FOR UPDATE");
    await bench.edit(1, "held", 1);
    await bench.edit(2, "free", 1);
    await until("the free one", () => follower.numbers().applied === 1);
    expect(await bench.journal(2)).toEqual([1]);
  });
  await until("the held one", () => follower.numbers().applied === 2);
  expect(follower.numbers().failedRounds).toBe(0);
});

test("two followers at once apply each change once", async () => {
  start({ pollMs: 10, batch: 2 });
  start({ pollMs: 10, batch: 5 });
  const values = Array.from({ length: 120 }, (_, i) => i);
  for (const value of values) await bench.edit(1, "one", value);
  await until("caught up", caughtUp);
  expect(await bench.journal(1)).toEqual(values);
});

test("outbox rows that are gone quarantine the slot and say so; the others go on", async () => {
  for (let i = 1; i <= 5; i++) await bench.edit(1, "one", i);
  await bench.source.query("DELETE FROM outbox WHERE slot = 1 AND seq = 3");
  const follower = start({ pollMs: 20 });
  await until("quarantined", () => follower.numbers().quarantined === 1);
  await bench.edit(2, "two", 2);
  await until("the other", async () => (await bench.journal(2)).length === 1);
  const { rows } = await bench.copy.query("SELECT state, seq, trouble_code FROM copy WHERE slot = 1");
  expect(rows).toEqual([{ state: "quarantined", seq: "2", trouble_code: "BYN-DATA-004" }]);
  expect(await bench.journal(1)).toEqual([1, 2]);
});

test("all outbox rows gone is the same as some", async () => {
  await bench.edit(1, "one", 1);
  await bench.source.query("DELETE FROM outbox");
  const follower = start({ pollMs: 20 });
  await until("quarantined", () => follower.numbers().quarantined === 1);
});

test("a copy ahead of its owner is quarantined: the owner has lost writes", async () => {
  await bench.edit(1, "one", 1);
  const follower = start({ pollMs: 20 });
  await until("applied", () => follower.numbers().applied === 1);
  await bench.source.query("UPDATE slot SET seq = 0");
  await until("quarantined", () => follower.numbers().quarantined === 1);
  const { rows } = await bench.copy.query("SELECT state, trouble_code FROM copy WHERE slot = 1");
  expect(rows).toEqual([{ state: "quarantined", trouble_code: "BYN-DATA-008" }]);
});

test("stop ends after the transaction in hand and lets go of its connections", async () => {
  const follower = start({ pollMs: NEVER_MS });
  await until("listening", () => follower.numbers().listening);
  await follower.stop();
  running.splice(0);
  expect(await cut(bench.sourceUrl, "banyan sample wake-up")).toBe(0);
});

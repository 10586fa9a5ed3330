import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type BackfillProgress, backfill, putSlot, readSlot } from "./backfill.ts";
import { readCopies } from "./copy-row.ts";
import { type Follower, follow } from "./follower.ts";
import { lagOf } from "./lag.ts";
import { reconcile } from "./reconcile.ts";
import { resetCopy } from "./reset.ts";
import { createSample, type Sample, sample, until } from "./sample.ts";

const SLOTS = 8;
let bench: Sample;
let between: { capability: typeof sample; source: Sample["source"]; copy: Sample["copy"] };
let follower: Follower | undefined;
beforeEach(async () => {
  bench = await createSample(inject("postgresUrl"), SLOTS);
  between = { capability: sample, source: bench.source, copy: bench.copy };
  for (let slot = 1; slot <= SLOTS; slot++) {
    for (let i = 1; i <= 5; i++) await bench.edit(slot, `s${slot}-${i}`, i);
  }
});
afterEach(async () => {
  await follower?.stop();
  follower = undefined;
  await bench.close();
});

function start(): Follower {
  const { source, copy, sourceUrl, log } = bench;
  return follow({
    capability: sample,
    source,
    copy,
    sourceUrl,
    log,
    random: () => 0.5,
    now: Date.now,
    pollMs: 20,
  });
}

const states = async () => (await readCopies(bench.copy, "sample")).map((row) => row.state);
const all = (state: string) => Array.from({ length: SLOTS }, () => state);

test("a back-fill fills every slot at its seq, tells its progress, and does nothing when called again", async () => {
  const told: BackfillProgress[] = [];
  const result = await backfill({ ...between, onProgress: (progress) => told.push(progress) });
  expect(result).toEqual({ slotsTotal: 8, filled: 8, overtaken: 0, rows: 40, aborted: false });
  expect(told.at(0)).toEqual({ slotsDone: 0, slotsTotal: 8, rows: 0 });
  expect(told.at(-1)).toEqual({ slotsDone: 8, slotsTotal: 8, rows: 40 });
  expect(told).toHaveLength(9);
  expect(await states()).toEqual(all("following"));
  expect(await reconcile(between)).toMatchObject({ slots: 8, equal: 8, rows: 40, lagMax: 0, zero: true });
  expect(await backfill(between)).toEqual({
    slotsTotal: 0,
    filled: 0,
    overtaken: 0,
    rows: 0,
    aborted: false,
  });
});

test("edits during the back-fill, with the worker following, end equal and are never applied twice", async () => {
  follower = start();
  let editing = true;
  let edits = 0;
  const editors = [0, 1, 2].map(async (editor) => {
    for (let i = 0; editing; i++) {
      await bench.edit(
        1 + ((i * 3 + editor) % SLOTS),
        `e${editor}`.concat(`-${1 + ((i * 3 + editor) % SLOTS)}`),
        i,
      );
      edits += 1;
    }
  });
  await backfill({ ...between, throttle: { rowsPerSecond: 200 } });
  await until("some edits after", () => edits > 200);
  editing = false;
  await Promise.all(editors);
  expect(await reconcile(between)).toMatchObject({ equal: SLOTS, different: 0, behind: 0, zero: true });
});

test("it is resumed by slot: aborted between two slots, the next call does the rest only", async () => {
  const abort = new AbortController();
  const first = await backfill({
    ...between,
    signal: abort.signal,
    onProgress: ({ slotsDone }) => slotsDone === 3 && abort.abort(),
  });
  expect(first).toMatchObject({ filled: 3, aborted: true });
  expect(await backfill(between)).toMatchObject({ slotsTotal: 5, filled: 5, rows: 25, aborted: false });
});

test("a slot left `filling` by one that died is filled by the next", async () => {
  await bench.copy.query("UPDATE copy SET state = 'filling' WHERE slot = 2");
  await bench.copy.query("INSERT INTO kind VALUES ('plain')");
  await bench.copy.query("INSERT INTO item VALUES ('plain', 1, 2, 'half-written')");
  await backfill(between);
  expect(await reconcile(between)).toMatchObject({ zero: true });
});

test("two back-fills at once do no harm", async () => {
  const [a, b] = await Promise.all([backfill(between), backfill(between)]);
  expect(a.filled + b.filled).toBeGreaterThanOrEqual(SLOTS);
  expect(a.slotsTotal).toBe(a.filled + a.overtaken);
  expect(await reconcile(between)).toMatchObject({ equal: SLOTS, zero: true });
});

test("seq and rows are of one moment, whatever commits between reading the one and the other", async () => {
  const meddled: typeof sample = {
    ...sample,
    source: {
      ...sample.source,
      rows: async (client, slot) => {
        await bench.edit(slot, "meanwhile", 1);
        return sample.source.rows(client, slot);
      },
    },
  };
  const { seq, rows } = await readSlot(meddled, bench.source, 1);
  expect(seq).toBe(5);
  expect(rows.map((row) => row.id)).not.toContain("meanwhile");
});

test("an older snapshot never overwrites what has gone on", async () => {
  const old = await readSlot(sample, bench.source, 1);
  await bench.edit(1, "newer", 9);
  await backfill(between);
  const fresh = await readSlot(sample, bench.source, 1);
  expect(await putSlot(sample, bench.copy, 1, fresh)).toBeUndefined(); // it follows already
  await bench.copy.query("UPDATE copy SET state = 'filling' WHERE slot = 1");
  expect(await putSlot(sample, bench.copy, 1, old)).toBeUndefined(); // a seq above the snapshot's
  const { rows } = await bench.copy.query("SELECT FROM item WHERE id = 'newer'");
  expect(rows).toHaveLength(1);
});

test("a back-fill passes over the event that stopped a slot", async () => {
  await backfill(between);
  follower = start();
  await bench.edit(1, "bad", -1);
  await bench.edit(1, "bad", 1);
  await until("stopped", () => follower?.numbers().lag?.stopped === 1);
  expect(await backfill(between)).toMatchObject({ slotsTotal: 1, filled: 1 });
  expect(await reconcile(between)).toMatchObject({ zero: true });
  expect((await lagOf({ capability: "sample", ...bench })).stopped).toBe(0);
});

test("a reset empties the copy: every slot is back at `empty` and 0", async () => {
  await backfill(between);
  await resetCopy(sample, bench.copy);
  expect(await readCopies(bench.copy, "sample")).toEqual(
    all("empty").map((state, i) => ({ slot: i + 1, seq: 0, state, trouble: undefined })),
  );
  expect((await bench.copy.query("SELECT FROM item")).rowCount).toBe(0);
  await backfill(between);
  expect(await reconcile(between)).toMatchObject({ zero: true });
});

test("the throttle waits as long as the rows may take", async () => {
  const waits: number[] = [];
  await backfill({ ...between, throttle: { rowsPerSecond: 50 }, sleep: async (ms) => void waits.push(ms) });
  expect(waits).toEqual(Array.from({ length: SLOTS }, () => 100));
});

test("a database that is away is named, with a code", async () => {
  const nobody = new URL(bench.sourceUrl);
  nobody.port = "1"; // nobody listens there
  const source = new Pool({ connectionString: nobody.href });
  await expect(backfill({ ...between, source })).rejects.toMatchObject({
    code: "BYN-DATA-009",
    detail: "the owner's database can't be reached",
  });
  expect(await states()).toEqual(all("empty"));
  await source.end();
});

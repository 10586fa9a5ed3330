import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { backfill } from "./backfill.ts";
import { type Follower, follow } from "./follower.ts";
import { reconcile } from "./reconcile.ts";
import { createSample, type Sample, sample, until } from "./sample.ts";

const SLOTS = 5;
let bench: Sample;
let between: { capability: typeof sample; source: Sample["source"]; copy: Sample["copy"] };
let follower: Follower | undefined;
beforeEach(async () => {
  bench = await createSample(inject("postgresUrl"), SLOTS);
  between = { capability: sample, source: bench.source, copy: bench.copy };
  for (let slot = 1; slot <= SLOTS; slot++) {
    for (let i = 1; i <= 4; i++) await bench.edit(slot, `s${slot}-${i}`, i);
  }
  await backfill(between);
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

test("a hand-made difference is quarantined and explained by id and field; the re-fill is the way out", async () => {
  await bench.copy.query("UPDATE item SET value = 99 WHERE id = 's2-1'");
  await bench.copy.query("DELETE FROM item WHERE id = 's2-3'");
  await bench.copy.query("INSERT INTO item VALUES ('plain', 1, 2, 'stray')");
  const found = await reconcile(between);
  expect(found).toMatchObject({
    slots: 5,
    equal: 4,
    different: 1,
    behind: 0,
    quarantined: 1,
    rows: 16,
    zero: false,
  });
  expect(found.differences).toMatchObject([
    {
      slot: 2,
      seq: 4,
      differing: 3,
      first: [
        { id: "s2-1", kind: "changed", fields: ["value"] },
        { id: "s2-3", kind: "missing", fields: [] },
        { id: "stray", kind: "extra", fields: [] },
      ],
    },
  ]);
  const { rows } = await bench.copy.query(
    "SELECT state, trouble_code, trouble_detail FROM copy WHERE slot = 2",
  );
  expect(rows).toEqual([
    {
      state: "quarantined",
      trouble_code: "BYN-DATA-005",
      trouble_detail: "s2-1 changed (value); s2-3 missing; stray extra",
    },
  ]);

  follower = start();
  await bench.edit(2, "s2-1", 5); // would hide the difference, if a quarantined slot took it
  await bench.edit(3, "s3-1", 5);
  await until("the others go on", async () => (await bench.journal(3)).length === 1);
  expect(await bench.journal(2)).toEqual([]);
  expect(await reconcile(between)).toMatchObject({ different: 0, quarantined: 1, equal: 4, zero: false });

  expect(await backfill(between)).toMatchObject({ slotsTotal: 1, filled: 1 });
  expect(await reconcile(between)).toMatchObject({ equal: 5, quarantined: 0, zero: true });
});

test("a slot that is behind is reported as behind, never as different, and is not quarantined", async () => {
  await bench.edit(1, "s1-1", 70);
  const found = await reconcile({ ...between, boundMs: 100 });
  expect(found).toMatchObject({ equal: 4, different: 0, behind: 1, quarantined: 0, lagMax: 1, zero: false });
});

test("a slot that is behind is looked at again until it has caught up", async () => {
  await bench.edit(1, "s1-1", 70);
  let looks = 0;
  const found = await reconcile({
    ...between,
    boundMs: 20_000,
    sleep: async () => {
      looks += 1;
      follower ??= start();
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  expect(looks).toBeGreaterThan(0);
  expect(found).toMatchObject({ equal: 5, behind: 0, zero: true });
});

test("under steady edits nothing true is ever called different", async () => {
  follower = start();
  let editing = true;
  const editors = [0, 1].map(async (editor) => {
    for (let i = 0; editing; i++)
      await bench.edit(1 + ((i + editor) % SLOTS), `hot-${1 + ((i + editor) % SLOTS)}`, i);
  });
  for (let i = 0; i < 10; i++) {
    expect(await reconcile({ ...between, boundMs: 100 })).toMatchObject({ different: 0, quarantined: 0 });
  }
  editing = false;
  await Promise.all(editors);
  expect(await reconcile(between)).toMatchObject({ zero: true });
});

test("rows that look equal at different seq prove nothing", async () => {
  await bench.copy.query("UPDATE item SET value = 77 WHERE id = 's1-1'");
  let edited = false;
  const meddled: typeof sample = {
    ...sample,
    source: {
      ...sample.source,
      checksums: async (client) => {
        const sums = await sample.source.checksums(client);
        if (!edited) await bench.edit(1, "s1-1", 77); // between the first look and the second
        edited = true;
        return sums;
      },
    },
  };
  const found = await reconcile({ ...between, capability: meddled, boundMs: 0 });
  expect(found).toMatchObject({ equal: 4, different: 0, behind: 1, quarantined: 0, zero: false });
});

test("slots that were never filled are not compared and not zero", async () => {
  await bench.copy.query("UPDATE copy SET state = 'empty' WHERE slot IN (1, 2)");
  expect(await reconcile(between)).toMatchObject({ equal: 3, unfilled: 2, behind: 0, zero: false });
});

test("a difference in the rows of no slot is told, and the next back-fill mends it", async () => {
  await bench.source.query("INSERT INTO kind VALUES ('new')");
  const found = await reconcile(between);
  expect(found).toMatchObject({ equal: 5, zero: false, reference: [{ id: "new", kind: "missing" }] });
  await backfill(between);
  expect(await reconcile(between)).toMatchObject({ zero: true, reference: [] });
});

test("text is canonical: the order of keys, columns and rows on either side makes no difference", async () => {
  // sample.ts builds `record` with its keys in another order on each side, and the tables differ in column order.
  await bench.copy.query("CREATE TABLE moved AS SELECT * FROM item ORDER BY random()");
  await bench.copy.query("DELETE FROM item; INSERT INTO item SELECT * FROM moved");
  expect(await reconcile(between)).toMatchObject({ equal: 5, zero: true });
});

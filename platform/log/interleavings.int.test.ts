import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { inTransaction } from "../postgres/pool.ts";
import { backfill, putSlot, readSlot, type SlotSnapshot } from "./backfill.ts";
import { deliver } from "./deliver.ts";
import { receive } from "./inbox.ts";
import { lagOf } from "./lag.ts";
import { recordChanges } from "./outbox.ts";
import { type OutboxRow, peerOutbox } from "./peer.ts";
import { reconcile } from "./reconcile.ts";
import { createSample, ownRow, type Sample, sample } from "./sample.ts";

/*
 * Random interleavings of what the parts do, on real Postgres: after each step the copy may be behind, never ahead,
 * never wrong; at the end it reconciles to zero. A failure prints its steps and the seed below replays it.
 */

const SLOTS = 3;
const slot = fc.integer({ min: 1, max: SLOTS });
const Step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("edit" as const),
      slot,
      id: fc.nat(3),
      value: fc.option(fc.nat(9)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("edit-two" as const), value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("roll-back" as const), slot }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      slot,
      from: fc.nat(6),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("deliver" as const), slot, which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("follow" as const), slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const), slot, after: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("take-snapshot" as const), slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("put-snapshot" as const), slot, which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("back-fill" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die-filling" as const), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("damage" as const), slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reconcile" as const) }) },
);
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

let bench: Sample;
beforeAll(async () => {
  bench = await createSample(inject("postgresUrl"), SLOTS);
  await bench.copy.query("INSERT INTO kind VALUES ('plain')");
});
afterAll(() => bench?.close());

/** What is on its way: pages and snapshots that were read and not used yet. A restart loses them. */
interface InFlight {
  readonly pages: { slot: number; rows: readonly OutboxRow[] }[];
  readonly snapshots: { slot: number; snapshot: SlotSnapshot }[];
}

async function perform(step: Step, flight: InFlight, damaged: Set<number>): Promise<void> {
  const { source, copy } = bench;
  const between = { capability: sample, source, copy };
  const to = { capability: sample, copy, peer: peerOutbox(source), batch: 2 };
  const name = (of: number, id: number) => `s${of}-${id}`;
  switch (step.do) {
    case "edit":
      await bench.edit(step.slot, name(step.slot, step.id), step.value);
      return;
    case "edit-two":
      await inTransaction(source, async (client) => {
        for (const of of [1, 2]) {
          const id = name(of, 0);
          await recordChanges(client, "sample", of, [
            { id, value: 0 },
            { id, value: step.value },
          ]);
          await ownRow(client, of, id, step.value);
        }
      });
      return;
    case "roll-back": {
      const given = inTransaction(source, async (client) => {
        await recordChanges(client, "sample", step.slot, [{ id: "never", value: 1 }]);
        await ownRow(client, step.slot, "never", 1);
        throw new Error("rolled back");
      });
      await expect(given).rejects.toThrow("rolled back");
      return;
    }
    case "read":
      flight.pages.push({
        slot: step.slot,
        rows: (await to.peer.read("sample", step.slot, step.from, step.limit)).rows,
      });
      return;
    case "deliver": {
      const page = flight.pages[step.which % Math.max(1, flight.pages.length)]; // stays: it may come again
      if (page !== undefined) await deliver(to, page.slot, page.rows);
      return;
    }
    case "follow": {
      const row = (await lagOf({ capability: "sample", source, copy })).slots.find(
        (found) => found.slot === step.slot,
      );
      await deliver(to, step.slot, (await to.peer.read("sample", step.slot, row?.seq ?? 0, 2)).rows);
      return;
    }
    case "crash": {
      let left = step.after;
      const dying: typeof sample = {
        ...sample,
        apply: async (client, of, changes) => {
          if (left === 0) await client.query("SELECT pg_terminate_backend(pg_backend_pid())");
          left -= 1;
          return sample.apply(client, of, changes);
        },
      };
      const { rows } = await to.peer.read("sample", step.slot, 0, 100);
      await receive(copy, dying, step.slot, rows).catch(() => {});
      return;
    }
    case "restart":
      flight.pages.length = 0;
      flight.snapshots.length = 0;
      return;
    case "take-snapshot":
      flight.snapshots.push({ slot: step.slot, snapshot: await readSlot(sample, source, step.slot) });
      return;
    case "put-snapshot": {
      const held = flight.snapshots[step.which % Math.max(1, flight.snapshots.length)];
      if (held !== undefined && (await putSlot(sample, copy, held.slot, held.snapshot)) !== undefined) {
        damaged.delete(held.slot);
      }
      return;
    }
    case "back-fill":
      for (const row of (await lagOf({ capability: "sample", source, copy })).slots) {
        if (row.state !== "following") damaged.delete(row.slot);
      }
      await backfill(between);
      return;
    case "die-filling":
      await copy.query(
        "UPDATE copy SET state = 'filling' WHERE slot = $1 AND state IN ('empty', 'quarantined')",
        [step.slot],
      );
      return;
    case "damage":
      await copy.query("INSERT INTO item VALUES ('plain', 5, $1, $2) ON CONFLICT (id) DO NOTHING", [
        step.slot,
        `damage-${step.slot}`,
      ]);
      damaged.add(step.slot);
      return;
    case "reconcile": {
      const found = await reconcile({ ...between, boundMs: 0 });
      for (const { slot: of } of found.differences) expect(damaged, `slot ${of} differs`).toContain(of);
      return;
    }
  }
}

/** Behind is fine; ahead, or different at equal `seq` in a slot that nobody damaged, is not. Nor is a hole in seq. */
async function holds(damaged: ReadonlySet<number>): Promise<void> {
  const { slots } = await lagOf({ capability: "sample", source: bench.source, copy: bench.copy });
  for (const row of slots) {
    expect(row.lag).toBeGreaterThanOrEqual(0);
    expect(row.trouble?.code ?? "BYN-DATA-005").toBe("BYN-DATA-005");
    if (row.state !== "following" || row.lag !== 0 || damaged.has(row.slot)) continue;
    const read = "SELECT id, record FROM feed.item WHERE slot = $1 ORDER BY id";
    const [theirs, ours] = await Promise.all([
      bench.source.query(read, [row.slot]),
      bench.copy.query(read, [row.slot]),
    ]);
    expect(ours.rows).toEqual(theirs.rows);
  }
  const { rows } = await bench.source.query(
    "SELECT s.slot FROM slot s LEFT JOIN outbox o USING (slot) GROUP BY s.slot, s.seq HAVING count(o.seq) <> s.seq OR max(o.seq) <> s.seq",
  );
  expect(rows).toEqual([]);
}

test("whatever interleaves, the copy is never wrong and ends at zero differences", async () => {
  await fc.assert(
    fc
      .asyncProperty(fc.array(Step, { minLength: 15, maxLength: 45, size: "max" }), async (steps) => {
        const flight: InFlight = { pages: [], snapshots: [] };
        const damaged = new Set<number>();
        for (const step of steps) {
          await perform(step, flight, damaged);
          await holds(damaged);
        }
        const between = { capability: sample, source: bench.source, copy: bench.copy };
        await backfill(between);
        for (let left = 1, turn = 0; left > 0; turn++) {
          expect(turn, "it never catches up").toBeLessThan(200);
          await perform({ do: "follow", slot: 1 + (turn % SLOTS) }, flight, damaged);
          left = (await lagOf({ capability: "sample", source: bench.source, copy: bench.copy })).lagTotal;
        }
        const last = await reconcile({ ...between, boundMs: 0 });
        expect(last).toMatchObject({ behind: 0, unfilled: 0 });
        for (const { slot: of } of last.differences) expect(damaged).toContain(of);
        await backfill(between);
        expect(await reconcile({ ...between, boundMs: 0 })).toMatchObject({
          equal: SLOTS,
          lagMax: 0,
          zero: true,
        });
      })
      .beforeEach(async () => {
        await bench.source.query("TRUNCATE outbox, item; UPDATE slot SET seq = 0");
        await bench.copy.query(
          `TRUNCATE item, journal; UPDATE copy SET seq = 0, state = 'empty', trouble_code = NULL, trouble_detail = NULL,
           trouble_seq = NULL, trouble_since = NULL`,
        );
      }),
    { seed: 20261122, numRuns: 60 },
  );
}, 240_000);

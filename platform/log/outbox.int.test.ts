import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { inTransaction } from "../postgres/pool.ts";
import { lockSlot, lockSlots, recordChanges } from "./outbox.ts";
import { createSample, ownRow, type Sample, until } from "./sample.ts";

let bench: Sample;
beforeAll(async () => {
  bench = await createSample(inject("postgresUrl"), 8);
});
afterAll(() => bench?.close());

/** A small generator with a fixed seed (mulberry32), so that a failure can be seen again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function seqs(slot: number): Promise<number[]> {
  const { rows } = await bench.source.query<{ seq: string }>(
    "SELECT seq FROM outbox WHERE slot = $1 ORDER BY seq",
    [slot],
  );
  return rows.map((row) => Number(row.seq));
}

async function head(slot: number): Promise<number> {
  return inTransaction(bench.source, async (client) => (await lockSlot(client, "sample", slot)).seq);
}

describe("recordChanges", () => {
  test("seq is gapless under 50 concurrent editors over three slots with random rollbacks", async () => {
    const random = generator(3);
    let committed = 0;
    await Promise.all(
      Array.from({ length: 50 }, async (_, editor) => {
        for (let i = 0; i < 12; i++) {
          const slot = 1 + Math.floor(random() * 3);
          const fails = random() < 0.3;
          const late = random() < 0.3;
          try {
            await inTransaction(bench.source, async (client) => {
              if (late) await lockSlot(client, "sample", slot);
              const id = `e${editor}`;
              await recordChanges(client, "sample", slot, [{ id: `${id}-${slot}`, value: i }]);
              await ownRow(client, slot, `${id}-${slot}`, i);
              if (fails) throw new Error("changed my mind");
            });
            committed += 1;
          } catch (error) {
            expect((error as Error).message).toBe("changed my mind");
          }
        }
      }),
    );
    let rows = 0;
    for (const slot of [1, 2, 3]) {
      const found = await seqs(slot);
      expect(found).toEqual(Array.from({ length: found.length }, (_, i) => i + 1));
      expect(await head(slot)).toBe(found.length);
      rows += found.length;
    }
    expect(rows).toBe(committed);
    expect(committed).toBeGreaterThan(300);
  });

  test("a transaction without a change leaves seq as it was", async () => {
    const before = await head(4);
    const answered = await inTransaction(bench.source, (client) => recordChanges(client, "sample", 4, []));
    expect(answered).toEqual({ seq: before });
    expect(await head(4)).toBe(before);
    expect(await seqs(4)).toEqual([]);
  });

  test("one transaction writes one row per slot: a second call is refused, also behind a savepoint", async () => {
    const twice = inTransaction(bench.source, async (client) => {
      await recordChanges(client, "sample", 5, [{ id: "a", value: 1 }]);
      await client.query("SAVEPOINT inner_work");
      await recordChanges(client, "sample", 5, [{ id: "b", value: 1 }]);
    });
    await expect(twice).rejects.toMatchObject({ code: "BYN-DATA-007" });
    expect(await seqs(5)).toEqual([]);
  });

  test("a slot without a row is refused with its code", async () => {
    const unknown = inTransaction(bench.source, (client) => recordChanges(client, "sample", 99, [{}]));
    await expect(unknown).rejects.toMatchObject({ code: "BYN-DATA-006" });
  });
});

test("who waits for the slot lock then reads what the writer before it committed", async () => {
  let commit: () => void = () => {};
  let written: () => void = () => {};
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const first = inTransaction(bench.source, async (client) => {
    await recordChanges(client, "sample", 6, [{ id: "x", value: 1 }]);
    written();
    await new Promise<void>((resolve) => {
      commit = resolve;
    });
  });
  await isWritten;
  const second = head(6);
  await until("the second waits", async () => {
    const { rowCount } = await bench.source.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount === 1;
  });
  commit();
  await first;
  expect(await second).toBe(1);
});

test("lockSlots takes its locks in ascending order, whatever order is asked for, so two can't deadlock", async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      inTransaction(bench.source, async (client) => {
        const asked = i % 2 === 0 ? [6, 7, 8] : [8, 6, 7, 6];
        const locked = await lockSlots(client, "sample", asked);
        expect([...locked.keys()]).toEqual([6, 7, 8]);
        await client.query("SELECT pg_sleep(0.002)");
      }),
    ),
  );
});

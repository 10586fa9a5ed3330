import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../log/sample.ts";
import type { EventLog } from "./event-log.ts";

/** What an adapter of the log brings to its contract suite. */
export interface LogBench {
  readonly capability: string;
  /** Commits the next row of the slot at the publishing side and publishes it. Answers its `seq`. */
  publish(slot: number): Promise<number>;
  /** Publishes a row once more that was published before. */
  republish(slot: number, seq: number): Promise<void>;
  /** A log of the reading side, as a process opens one at its start. */
  open(): EventLog;
  close(): Promise<void>;
}

/** What every adapter of the log must keep. */
export function eventLogContract(adapter: string, createBench: () => Promise<LogBench>): void {
  let bench: LogBench;
  const open: EventLog[] = [];
  beforeEach(async () => {
    bench = await createBench();
  });
  afterEach(async () => {
    for (const log of open.splice(0)) await log.close();
    await bench?.close();
  });

  /** A reader that notes what it gets; `refuse` makes handlings fail while it says so. */
  async function read(reader: string, refuse: (slot: number) => boolean = () => false) {
    const log = bench.open();
    open.push(log);
    const seen: { slot: number; seq: number }[] = [];
    const stop = await log.subscribe({
      reader,
      capability: bench.capability,
      handle: async (slot, rows) => {
        if (refuse(slot)) throw new Error("not now");
        seen.push(...rows.map((row) => ({ slot, seq: row.seq })));
      },
    });
    const of = (slot: number) => seen.filter((row) => row.slot === slot).map((row) => row.seq);
    return { log, seen, stop, of, firsts: (slot: number) => [...new Set(of(slot))] };
  }

  test(`${adapter}: every row arrives, in order per slot`, async () => {
    const reader = await read("inbox");
    for (let i = 0; i < 12; i++) await bench.publish(1 + (i % 3));
    await until("all have arrived", () => new Set(reader.seen.map((r) => `${r.slot} ${r.seq}`)).size === 12);
    for (const slot of [1, 2, 3]) expect(reader.firsts(slot)).toEqual([1, 2, 3, 4]);
  });

  test(`${adapter}: what a reader could not handle comes again before any later row of its slot, and holds no other up`, async () => {
    let refusing = true;
    const refused: number[] = [];
    const reader = await read("inbox", (slot) => {
      if (refusing && slot === 1) refused.push(slot);
      return refusing && slot === 1;
    });
    await bench.publish(1);
    await until("it was refused", () => refused.length > 0);
    await bench.publish(1);
    await bench.publish(2);
    await until("it was refused again", () => refused.length > 1);
    await until("the other slot goes on meanwhile", () => reader.of(2).length > 0);
    expect(reader.of(1)).toEqual([]);
    refusing = false;
    await until("both have arrived", () => reader.firsts(1).length === 2);
    expect(reader.firsts(1)).toEqual([1, 2]);
  });

  test(`${adapter}: a reader goes on where it stopped, another one begins at the beginning`, async () => {
    const first = await read("inbox");
    await bench.publish(1);
    await until("it has arrived", () => first.of(1).length > 0);
    await first.stop();
    await bench.publish(1);
    const again = await read("inbox");
    const other = await read("report");
    await until("the next has arrived", () => again.of(1).includes(2) && other.of(1).includes(2));
    expect(other.firsts(1)).toEqual([1, 2]);
    expect(first.of(1)).not.toContain(2);
  });

  test(`${adapter}: a row that is published twice does not disturb the order of the first sightings`, async () => {
    const reader = await read("inbox");
    const first = await bench.publish(1);
    await bench.publish(1);
    await bench.republish(1, first);
    await bench.publish(1);
    await until("all have arrived", () => reader.of(1).includes(3));
    expect(reader.firsts(1)).toEqual([1, 2, 3]);
  });

  test(`${adapter}: it tells its health, and nothing is handled after it was closed`, async () => {
    const reader = await read("inbox");
    await bench.publish(1);
    await until("it has arrived", () => reader.of(1).length > 0);
    expect((await reader.log.health()).ok).toBe(true);
    await reader.log.close();
    const before = reader.seen.length;
    await bench.publish(1);
    const other = await read("report");
    await until("another reader has it", () => other.of(1).includes(2));
    expect(reader.seen.length).toBe(before);
  });
}

import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { benchHandover, HANDOVER_PLAN } from "./handover-bench.ts";
import { ARMS, LOADS } from "./loads.ts";
import { handoverPart } from "./part.ts";
import { AT_ONCE } from "./results.ts";

const TINY = { ...HANDOVER_PLAN, rounds: 1, warmUpMs: 20, writeMs: 100, handovers: 2, thinkMs: 50 };

const server = () => ({ url: inject("postgresUrl"), pid: null });

async function databases(): Promise<number> {
  const client = new Client({ connectionString: server().url });
  await client.connect();
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname LIKE 'bench\\_%'");
  await client.end();
  return rowCount ?? 0;
}

test("one small round measures every load at every arm and both kinds of handover, and leaves no database", {
  timeout: 120_000,
}, async () => {
  const told: string[] = [];
  const { signal } = new AbortController();
  const progress = (label: string) => void told.push(label);
  const measured = await benchHandover(TINY, { server: server(), signal, progress });
  const { writes, moves } = measured.readings;
  expect(writes).toHaveLength(ARMS.length * LOADS.length);
  for (const { values } of writes) {
    for (const value of Object.values(values)) expect(value).toBeGreaterThan(0);
  }
  expect(moves.map(({ atOnce }) => atOnce).sort()).toEqual([...AT_ONCE]);
  for (const { atOnce, pausesMs, values } of moves) {
    expect(pausesMs).toHaveLength(atOnce * TINY.handovers);
    for (const value of [...pausesMs, ...Object.values(values)]) expect(value).toBeGreaterThan(0);
  }
  // The server of the tests does not flush, and a bench that hid it would praise itself.
  expect(measured.doubts[0]).toContain("before they are on the disk");
  const machine = {
    cpuModel: "a CPU",
    cores: 2,
    memoryBytes: 2 ** 33,
    kernel: "linux 6",
    node: "v24.0.0",
    k6: null,
  };
  const commit = { id: "0123456789abcdef", dirty: null };
  const text = handoverPart({ ...TINY, ...measured, machine, commit, date: "2026-11-27T20:00:00.000Z" });
  expect(text).toContain("Taken on 2026-11-27 at commit `0123456789ab`, on 2 cores (a CPU)");
  expect(text.match(/^\| .* \|$/gm)).toHaveLength(2 + LOADS.length * 3 + 2 + 4);
  expect(told).toContain("round 1: 8 at once");
  expect(await databases()).toBe(0);
});

test("stopped in the middle of the handovers, it says so and leaves no database", async () => {
  const stop = new AbortController();
  const progress = (label: string) => {
    if (label.endsWith("at once")) stop.abort(new Error("enough"));
  };
  const io = { server: server(), signal: stop.signal, progress };
  await expect(benchHandover({ ...TINY, rounds: 1, writeMs: 10 }, io)).rejects.toThrow("enough");
  expect(await databases()).toBe(0);
});

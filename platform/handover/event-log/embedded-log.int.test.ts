import { expect, inject, test } from "vitest";
import { until } from "../../log/sample.ts";
import { createLog } from "../../logging/log.ts";
import { appendEntry, type Bench, createBench } from "../model/bench.fixture.ts";
import { guardedWrite } from "../write/guarded-write.ts";
import { eventLogContract, type LogBench } from "./contract.fixture.ts";
import { createEmbeddedLog } from "./embedded-log.ts";

const CAPABILITY = "list";
const log = createLog("embedded log", "silent");

async function openBench(): Promise<{ bench: Bench; log: LogBench }> {
  const bench = await createBench(inject("postgresUrl"));
  await bench.pools.monolith.query("SELECT handover.open($1, true)", [CAPABILITY]);
  await bench.pools.extracted.query("SELECT handover.open($1, false)", [CAPABILITY]);
  const { monolith, extracted } = bench.pools;
  return {
    bench,
    log: {
      capability: CAPABILITY,
      // A committed row is published.
      publish: async (slot) => {
        const written = await guardedWrite(monolith, { capability: CAPABILITY, slot }, async (client) => {
          await appendEntry(client, CAPABILITY, slot, "w");
          return { changes: [{ write: "w" }], response: null };
        });
        if (written.kind !== "written") throw new Error(written.kind);
        return written.seq;
      },
      republish: async () => {},
      open: () =>
        createEmbeddedLog({
          own: extracted,
          peer: monolith,
          peerUrl: bench.urls.monolith,
          log,
          random: () => 0.5,
          pollMs: 100,
        }),
      close: () => bench.close(),
    },
  };
}

eventLogContract("the embedded log", async () => (await openBench()).log);

test("rows that were removed, or that its reader wrote itself, don't hold a reader up", async () => {
  const { bench, log: writer } = await openBench();
  for (let i = 0; i < 3; i++) await writer.publish(5);
  await bench.pools.monolith.query("DELETE FROM handover.outbox WHERE seq < 3");
  const reader = writer.open();
  const seen: number[] = [];
  await reader.subscribe({
    reader: "inbox",
    capability: CAPABILITY,
    handle: async (_slot, rows) => seen.push(...rows.map((row) => row.seq)),
  });
  await until("the third has arrived", () => seen.includes(3));
  await bench.pools.monolith.query("UPDATE handover.slot SET seq = 9 WHERE slot = 5");
  await writer.publish(5);
  await until("the tenth has arrived", () => seen.includes(10));
  expect(seen).toEqual([3, 10]);
  await reader.close();
  await writer.close();
});

test("its health says who can't go on while the peer's database is away", async () => {
  const { bench, log: writer } = await openBench();
  const reader = writer.open();
  await reader.subscribe({ reader: "inbox", capability: CAPABILITY, handle: async () => {} });
  await until("it follows", async () => (await reader.health()).ok);
  await bench.pools.monolith.query("DROP VIEW handover_feed.slot");
  await until("it is not well", async () => !(await reader.health()).ok);
  expect((await reader.health()).detail).toContain("inbox");
  await reader.close();
  await writer.close();
});

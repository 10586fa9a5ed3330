import { Client } from "pg";
import { afterAll, beforeAll, inject, test } from "vitest";
import { until } from "../../log/sample.ts";
import { appendEntry, type Bench, createBench } from "../model/bench.fixture.ts";
import { readSlot } from "../slot/slot-row.ts";
import { guardedWrite } from "../write/guarded-write.ts";
import { WRITTEN_CHANNEL } from "./wake.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await createBench(inject("postgresUrl"));
  await bench.open("list", 1);
});
afterAll(() => bench?.close());

async function write(n: number): Promise<void> {
  await guardedWrite(bench.pools.monolith, { capability: "list", slot: 1 }, async (client) => {
    await appendEntry(client, "list", 1, `w${n}`);
    return { changes: [{ write: `w${n}` }], response: null };
  });
}

test("readers are woken after the last of many writes, and after one by itself", async () => {
  const reader = new Client({ connectionString: bench.urls.monolith });
  await reader.connect();
  const looks: Promise<number>[] = [];
  reader.on("notification", () => {
    looks.push(readSlot(bench.pools.monolith, "list", 1).then(({ seq }) => seq));
  });
  await reader.query(`LISTEN ${WRITTEN_CHANNEL}`);
  for (let n = 1; n <= 60; n++) await write(n);
  const last = async () => Math.max(0, ...(await Promise.all(looks)));
  await until("a look that sees the last of them", async () => (await last()) === 60);
  await write(61);
  await until("a look that sees the one by itself", async () => (await last()) === 61);
  await reader.end();
});

/**
 * `npm run evidence:simulate [-- --out FILE]`: simulates every row of the calibration on all cores and writes
 * `docs/calibration.md`. The rows are independent and seeded by name, so the page does not depend on who computes what.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { calibrationPage } from "@banyan/evidence/simulate/page.ts";
import { nameOf, type Row, simulateRow, type Tally } from "@banyan/evidence/simulate/row.ts";
import { ROWS } from "@banyan/evidence/simulate/rows.ts";

if (isMainThread) await main();
else parentPort?.on("message", (row: Row) => parentPort?.postMessage(simulateRow(row)));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const out = values.out ?? fileURLToPath(new URL("../docs/calibration.md", import.meta.url));
  // The slowest rows first, so that no core is left with one at the end.
  const waiting = ROWS.toSorted((a, b) => Number(b.method === "long") - Number(a.method === "long"));
  const tallies = new Map<string, Tally>();
  const total = waiting.length;
  const work = async () => {
    const worker = new Worker(new URL(import.meta.url));
    try {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const tally = await askWorker(worker, row);
        tallies.set(nameOf(row), tally);
        const { pass, fail, inconclusive } = tally;
        console.log(`${tallies.size}/${total}  ${nameOf(row)}: ${pass}/${fail}/${inconclusive} of ${row.n}`);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, work));
  await writeFile(out, calibrationPage(tallies));
  console.log(`wrote ${out}`);
}

function askWorker(worker: Worker, row: Row): Promise<Tally> {
  const { promise, resolve, reject } = Promise.withResolvers<Tally>();
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.postMessage(row);
  return promise.finally(() => {
    worker.removeAllListeners("message");
    worker.removeAllListeners("error");
  });
}

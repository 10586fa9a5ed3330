import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "@banyan/evidence/statistics/quantile.ts";
import { Client } from "pg";

const TIMES = 50;
/** One page of Postgres' log. */
const PAGE = Buffer.alloc(8_192, "x");

/** The median time of fdatasync(2) after a page was written, beside the other temporary files. */
export async function flushMs(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "banyan-flush-"));
  try {
    const file = await open(join(folder, "page"), "w");
    try {
      const times: number[] = [];
      for (let n = 0; n < TIMES; n++) {
        // In the same place each time, as in a log whose files are there already.
        await file.write(PAGE, 0, PAGE.length, 0);
        const startedMs = performance.now();
        await file.datasync();
        times.push(performance.now() - startedMs);
      }
      return median(times);
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the server answers a commit only when it is on the disk. */
export async function commitsAreDurable(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ durable: boolean }>(
      "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS durable",
    );
    return rows[0]?.durable === true;
  } finally {
    await client.end();
  }
}

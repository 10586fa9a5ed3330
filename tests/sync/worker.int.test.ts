import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { backfillCatalog } from "@banyan/catalog/backfill/backfill.ts";
import { lagOfCatalog, reconcileCatalog } from "@banyan/catalog/reconcile/reconcile.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { changeProduct } from "@banyan/monolith/catalog/edits.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type BothSides, createBothSides, until } from "./both-sides.ts";

const WORKER = join(import.meta.dirname, "../../extracted/catalog/worker.ts");

let sides: BothSides;
let between: { source: BothSides["feed"]; copy: BothSides["copy"] };
const workers: ChildProcess[] = [];
beforeEach(async () => {
  sides = await createBothSides(inject("postgresUrl"), 200);
  between = { source: sides.feed, copy: sides.copy };
  await backfillCatalog(between);
  // Who was applied, and in which order: one row per committed save.
  await sides.copy.query(`
    CREATE TABLE journal (n bigserial PRIMARY KEY, id text NOT NULL, version int NOT NULL);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO journal (id, version) VALUES (NEW.id, NEW.version); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE ON product FOR EACH ROW EXECUTE FUNCTION note();`);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await kill(worker, "SIGKILL");
  await sides.close();
});

async function start(): Promise<{ process: ChildProcess; url: string }> {
  const worker = spawn(process.execPath, [WORKER], {
    env: { PORT: "0", DATABASE_URL: sides.copyUrl, SOURCE_DATABASE_URL: sides.feedUrl },
    stdio: ["ignore", "pipe", "inherit"],
  });
  workers.push(worker);
  if (worker.stdout === null) throw new Error("the worker has no output");
  for await (const line of createInterface({ input: worker.stdout })) {
    const said = JSON.parse(line) as { msg: string; port?: number };
    if (said.msg === "following") {
      worker.stdout.resume();
      return { process: worker, url: `http://127.0.0.1:${said.port}` };
    }
  }
  throw new Error("the worker ended before it followed");
}

async function kill(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, "exit");
  worker.kill(signal);
  await ended;
}

async function edit(index: number, price: number): Promise<void> {
  const id = sides.productIds[index];
  if (id === undefined) throw new Error("no such product");
  await changeProduct(sides.shop, id, { priceAmount: price }, new Date());
}

const applied = async () =>
  Number((await sides.copy.query<{ n: string }>("SELECT count(*) AS n FROM journal")).rows[0]?.n);

/** What the copy's table took, against what the monolith's outbox says, by product: the same, in the same order. */
async function expectOnceInOrder(): Promise<void> {
  const took = await sides.copy.query(
    "SELECT id, array_agg(version ORDER BY n) AS versions FROM journal GROUP BY id ORDER BY id",
  );
  const wrote = await sides.shop.query(
    `SELECT product ->> 'id' AS id, array_agg((product ->> 'version')::int ORDER BY seq) AS versions
     FROM (SELECT seq, payload -> 'changes' -> 0 -> 'product' AS product FROM outbox) AS change GROUP BY 1 ORDER BY 1`,
  );
  expect(took.rows).toEqual(wrote.rows);
}

/** The first slot that holds two products. */
function shared(slots: readonly number[]): number | undefined {
  return slots.find((slot, i) => slots.indexOf(slot) !== i);
}

test("killed with -9 in the middle of a batch and started again, it applies each change once and in order", async () => {
  // One slot's batch: five edits of one product, then five of its neighbour, whose row the test holds.
  const slots = sides.productIds.map((id) => slotOf("catalog-data", id));
  const [one, neighbour] = [0, 1].map(
    (n) => slots.flatMap((slot, i) => (slot === shared(slots) ? [i] : []))[n],
  );
  if (one === undefined || neighbour === undefined) throw new Error("no two products share a slot");
  const client = await sides.copy.connect();
  await client.query("BEGIN");
  await client.query("SELECT FROM product WHERE id = $1 FOR UPDATE", [sides.productIds[neighbour]]);
  for (let i = 0; i < 5; i++) await edit(one, i);
  for (let i = 0; i < 5; i++) await edit(neighbour, i);
  const first = await start();
  try {
    await until("the worker is in the middle of its batch", async () => {
      const { rowCount } = await sides.shop.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'catalog worker' AND wait_event_type = 'Lock'
         AND query LIKE 'INSERT INTO product%' AND datname = $1`,
        [new URL(sides.copyUrl).pathname.slice(1)],
      );
      return rowCount === 1;
    });
    await kill(first.process, "SIGKILL");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
  expect(await applied()).toBe(0);
  expect((await lagOfCatalog(between)).lagTotal).toBe(10); // rows and seq went together
  await start();
  await until("caught up", async () => (await lagOfCatalog(between)).lagTotal === 0);
  expect(await applied()).toBe(10);
  await expectOnceInOrder();
  expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
});

test("killed with -9 again and again under a storm of edits, nothing is lost, doubled or reordered", async () => {
  let editing = true;
  let edits = 0;
  const editors = [0, 1, 2].map(async (editor) => {
    for (let i = 0; editing; i++) {
      await edit((editor * 7 + i) % 12, i);
      edits += 1;
    }
  });
  for (let kills = 0; kills < 3; kills++) {
    const before = await applied();
    const worker = await start();
    await until("it applies", async () => (await applied()) > before + 15);
    await kill(worker.process, "SIGKILL");
  }
  editing = false;
  await Promise.all(editors);
  await start();
  await until("caught up", async () => (await lagOfCatalog(between)).lagTotal === 0);
  expect(await applied()).toBe(edits);
  await expectOnceInOrder();
  expect(await reconcileCatalog(between)).toMatchObject({ zero: true });
}, 120_000);

test("its port tells that it is ready, its numbers and a slot that stands still; SIGTERM ends it with 0", async () => {
  const { process: worker, url } = await start();
  await until("ready", async () => (await fetch(`${url}/readyz`)).status === 200);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  await edit(3, 1);
  await edit(3, 2);
  await sides.copy.query(
    "ALTER TABLE product ADD CONSTRAINT cheap CHECK (price_amount < 100000000) NOT VALID",
  );
  await edit(4, 100_000_000);
  const numbers = async () =>
    (await (await fetch(`${url}/sync`)).json()) as { stopped: number; applied: number };
  await until("one stopped", async () => (await numbers()).stopped === 1 && (await numbers()).applied === 2);
  expect(await numbers()).toMatchObject({
    applied: 2,
    gaps: 0,
    quarantined: 0,
    listening: true,
    lagMax: 1,
    states: { following: 100 },
    slots: [{ state: "following", lag: 1, trouble: { code: "BYN-DATA-003" } }],
  });
  await kill(worker, "SIGTERM");
  expect(worker.exitCode).toBe(0);
});

test("while its databases are away it says that it is not ready, and is again when they are back", async () => {
  const { url } = await start();
  await until("ready", async () => (await fetch(`${url}/readyz`)).status === 200);
  const shop =
    (await sides.shop.query<{ name: string }>("SELECT current_database() AS name")).rows[0]?.name ?? "";
  await sides.copy.query(`ALTER DATABASE ${shop} WITH ALLOW_CONNECTIONS false`);
  await sides.copy.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name <> 'tests'",
    [shop],
  );
  await until("not ready", async () => {
    const answer = await fetch(`${url}/readyz`);
    return answer.status === 503 && ((await answer.json()) as { code: string }).code === "BYN-DATA-009";
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  await sides.copy.query(`ALTER DATABASE ${shop} WITH ALLOW_CONNECTIONS true`);
  await until("ready again", async () => (await fetch(`${url}/readyz`)).status === 200);
  await edit(0, 5);
  await until("applied", async () => (await applied()) === 1);
});

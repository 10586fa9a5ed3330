import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { slotOfProduct } from "./catalog/edits.ts";
import { LAST_DRAWN_DAY } from "./seed/calendar.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD } from "./seed/customers.ts";
import { fill } from "./seed/fill.ts";
import { cookieFrom, createShopDatabase, newSessionKey, type ShopDatabase } from "./shop.fixture.ts";

let database: ShopDatabase;
let child: ChildProcess | undefined;
beforeAll(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
  await fill(database.pool, { seed: 1, products: 40, customers: 1, orders: 10 }, LAST_DRAWN_DAY);
});
afterEach(() => child?.kill("SIGKILL"));
afterAll(() => database.remove());

interface Line {
  readonly msg: string;
  readonly port?: number;
  readonly code?: string;
  readonly base?: string;
  readonly requestId?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

/** Starts main.ts; `said` resolves with the first log line of which `what` is true, `exit` with the exit code. */
function start(environment: Record<string, string>) {
  const started = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  const lines: Line[] = [];
  const reader = createInterface({ input: started.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  const exit = once(started, "exit").then(([code]) => code);
  const said = async (what: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(what);
      if (found) return found;
      await Promise.race([
        once(reader, "line"),
        exit.then(() => Promise.reject(new Error(JSON.stringify(lines)))),
      ]);
    }
  };
  return { process: started, exit, said, lines: () => lines };
}

const good = () => ({ PORT: "0", DATABASE_URL: database.url, SESSION_KEY: newSessionKey() });

test("on SIGTERM it answers the request in hand, takes no other, and ends with 0", async () => {
  const shop = start(good());
  const { port } = await shop.said(({ port }) => port !== undefined);
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const signedIn = await fetch(`${url}/api/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN_EMAIL, password: DEMO_PASSWORD }),
  });
  const { rows } = await database.pool.query<{ id: string }>("SELECT id FROM product LIMIT 1");
  const id = rows[0]?.id ?? "";

  // Holding the slot's row keeps the edit waiting for as long as we like.
  const holder = await database.pool.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT FROM slot WHERE slot = $1 FOR UPDATE", [slotOfProduct(id)]);
  const edit = fetch(`${url}/api/admin/products/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json", cookie: cookieFrom(signedIn) },
    body: '{"priceAmount":1}',
  });
  await waitForLockedQuery();
  shop.process.kill("SIGTERM");
  await shop.said(({ msg }) => msg === "stopping");
  await expect(fetch(`${url}/livez`)).rejects.toThrow();
  await holder.query("COMMIT");
  holder.release();

  const answer = await edit;
  expect([answer.status, ((await answer.json()) as { price: unknown }).price]).toEqual([
    200,
    { amount: 1, currency: "EUR" },
  ]);
  expect(await shop.exit).toBe(0);
});

test("a request leaves one line with its id, and the page's own requests leave theirs with the same", async () => {
  const shop = start(good());
  const { port } = await shop.said(({ port }) => port !== undefined);
  const headers = { "x-request-id": "followed-48940d0f" };
  for (const path of ["/livez", "/search?q=a%20secret"]) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status).toBe(200);
  }
  const line = { requestId: "followed-48940d0f", method: "GET", status: 200, ended: "complete" };
  await shop.said(({ path }) => path === "/search");
  const lines = shop.lines().filter(({ requestId }) => requestId === "followed-48940d0f");
  expect(lines).toContainEqual(expect.objectContaining({ ...line, path: "/search", route: "/search" }));
  expect(lines).toContainEqual(
    expect.objectContaining({ ...line, path: "/api/products", route: "/api/products" }),
  );
  expect(lines.map(({ durationMs }) => typeof durationMs)).toEqual(lines.map(() => "number"));
  expect(JSON.stringify(lines)).not.toMatch(/secret|livez/);
});

test("a broken environment is named whole, without values, and ends with 2", async () => {
  const shop = start({ PORT: "high", DATABASE_URL: "nowhere", LOG_LEVEL: "loud" });
  const { msg, code } = await shop.said((line) => line.code !== undefined);
  expect(code).toBe("BYN-CONFIG-001");
  for (const name of ["PORT", "DATABASE_URL", "SESSION_KEY", "LOG_LEVEL"]) expect(msg).toContain(name);
  expect(msg).not.toContain("nowhere");
  expect(await shop.exit).toBe(2);
});

test("on SIGHUP it reads again where its pages ask, keeps the old on a mistake, and goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "banyan-storefront-"));
  const file = join(folder, "base");
  await writeFile(file, "http://127.0.0.1:9\n");
  try {
    const shop = start({ ...good(), STOREFRONT_FILE: file });
    const { port } = await shop.said(({ port }) => port !== undefined);
    await shop.said(({ base }) => base === "http://127.0.0.1:9");
    await writeFile(file, "nowhere");
    shop.process.kill("SIGHUP");
    await shop.said(({ code, base }) => code === "BYN-SHOP-024" && base === "http://127.0.0.1:9");
    await writeFile(file, `http://127.0.0.1:${port}`);
    shop.process.kill("SIGHUP");
    await shop.said(({ base }) => base === `http://127.0.0.1:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("while its database is away it lives, is not ready, and answers 503; back again, it serves", async () => {
  const shop = start(good());
  const { port } = await shop.said(({ port }) => port !== undefined);
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect(await status("/api/categories")).toBe(200);
  const name = new URL(database.url).pathname.slice(1);
  await inAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await inAdmin(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'monolith'`,
  );
  await expect.poll(() => status("/api/categories")).toBe(503);
  expect(await Promise.all(["/livez", "/readyz"].map(status))).toEqual([200, 503]);
  await inAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  expect(await Promise.all(["/readyz", "/api/categories"].map(status))).toEqual([200, 200]);
});

async function waitForLockedQuery(): Promise<void> {
  await expect
    .poll(async () => (await database.pool.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount)
    .toBe(1);
}

/** One statement at the administrator's database. */
async function inAdmin(sql: string): Promise<void> {
  const { Client } = await import("pg");
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

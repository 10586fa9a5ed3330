import { execFile } from "node:child_process";
import { readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeThrowAway, removeThrowAway } from "@banyan/tests/setup/throw-away.ts";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "../stack/port.ts";
import { identify, isAlive } from "../stack/process-identity.ts";
import { identityOf, readRecord } from "../stack/process-record.ts";
import { externalPostgres, removePostgres, startPostgres, statusPostgres, stopPostgres } from "./postgres.ts";
import { createDatabase, dropDatabase } from "./postgres-databases.ts";

const env = process.env;
const password = "p%w/ö'1";

describe("the working folder's Postgres", { timeout: 120_000 }, () => {
  // As root, its 0700 is out of reach of the server's user, like a clone under /root.
  let stateFolder = "";
  let port = 0;
  const said: string[] = [];
  const start = (more: { password?: string } = {}) =>
    startPostgres({ stateFolder, port, password, env, say: (text) => said.push(text), ...more });

  beforeAll(async () => {
    stateFolder = await makeThrowAway();
    port = await freePort();
  });
  afterAll(async () => removeThrowAway(stateFolder));

  it("starts on loopback with passwords by SCRAM, and keeps its data over stop and start", async () => {
    expect(await statusPostgres(stateFolder)).toEqual({ state: "absent" });
    const first = await start();
    expect(await statusPostgres(stateFolder)).toMatchObject({ state: "ready", port, pid: first.pid });
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    expect(await query(first.url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(first.url, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    expect(await query(first.url, "SHOW fsync")).toEqual([{ fsync: "on" }]);
    await first.stop();
    await first.stop();
    expect(await statusPostgres(stateFolder)).toMatchObject({ state: "stopped" });

    const second = await start();
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("is used as it is when it runs already", async () => {
    const first = await start();
    const second = await start();
    expect(second.pid).toBe(first.pid);
    expect(said).toContain(`Postgres runs already on port ${port}`);
  });

  it("refuses a wrong password with a code that says so", async () => {
    await start();
    await expect(start({ password: "another" })).rejects.toMatchObject({
      code: "BYN-PARTS-006",
      detail: expect.stringContaining("another password"),
    });
  });

  it("comes back with its data after a kill, though connections were open", async () => {
    const first = await start();
    const client = new Client({ connectionString: first.url });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("CREATE TABLE survived AS SELECT 7 AS answer");
    const record = await readRecord(stateFolder, "postgres");
    if (record === null) throw new Error("no record");
    process.kill(record.pid, "SIGKILL");
    await expect.poll(() => isAlive(identityOf(record))).toBe(false);
    expect(await statusPostgres(stateFolder)).toMatchObject({ state: "stopped" });

    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second.url, "SELECT answer FROM survived")).toEqual([{ answer: 7 }]);
    await client.end().catch(() => undefined);
  });

  it("waits for the children that a killed server left before it starts again", async () => {
    const first = await start();
    const client = new Client({ connectionString: first.url });
    client.on("error", () => undefined);
    await client.connect();
    const backend = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
    if (backend === undefined || first.pid === null) throw new Error("no backend");
    const server = await identify(first.pid);
    if (server === null) throw new Error("no server");
    process.kill(backend, "SIGSTOP");
    try {
      process.kill(first.pid, "SIGKILL");
      await expect.poll(() => isAlive(server)).toBe(false);
      const again = start();
      again.catch(() => undefined);
      const log = () => readFile(join(stateFolder, "logs", "postgres.log.previous"), "utf8");
      await expect
        .poll(log, { timeout: 8_000 })
        .toContain("pre-existing shared memory")
        .finally(() => process.kill(backend, "SIGCONT"));
      expect(await query((await again).url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    } finally {
      await client.end().catch(() => undefined);
    }
  });

  it("keeps a copy of the working folder, made while it runs, off the original's server and data", async () => {
    const original = await start();
    const copy = `${stateFolder}-copy`;
    await promisify(execFile)("cp", ["-a", stateFolder, copy]);
    try {
      const copyPort = await freePort();
      const server = await startPostgres({
        stateFolder: copy,
        port: copyPort,
        password,
        env,
        say: () => undefined,
      });
      expect(server.pid).not.toBe(original.pid);
      expect((await statusPostgres(copy)).state).toBe("ready");
      await removePostgres(copy, env);
      expect(await statusPostgres(stateFolder)).toMatchObject({ state: "ready", pid: original.pid });
      expect(await query(original.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    } finally {
      await removePostgres(copy, env);
      await rm(copy, { recursive: true, force: true });
    }
  });

  it("finds its data after the working folder was moved", async () => {
    await stopPostgres(stateFolder, env);
    const before = stateFolder;
    stateFolder = `${before}-moved`;
    await rename(before, stateFolder);
    const server = await start();
    expect(await query(server.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("names who holds its port, and leaves nothing running", async () => {
    await stopPostgres(stateFolder, env);
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
    try {
      await expect(start()).rejects.toMatchObject({
        code: "BYN-PARTS-005",
        detail: expect.stringMatching(new RegExp(`^Port ${port}, .*pid ${process.pid}`)),
      });
      expect(await statusPostgres(stateFolder)).toMatchObject({ state: "stopped" });
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });

  it("stops on an abort in mid-start and starts afterwards", async () => {
    const abort = new AbortController();
    const started = startPostgres({
      stateFolder,
      port,
      password,
      env,
      signal: abort.signal,
      say: (text) => {
        if (text.startsWith("starting")) abort.abort(new Error("Ctrl-C"));
      },
    });
    await expect(started).rejects.toThrow("Ctrl-C");
    expect(await statusPostgres(stateFolder)).toMatchObject({ state: "stopped" });
    await start();
  });

  it("makes a database of one owner as often as asked, and lets nobody else in", async () => {
    const server = await start();
    const spec = { name: 'shop"x', owner: "o'wner", password: 'se"cr%et' };
    const [url] = await Promise.all([createDatabase(server.url, spec), createDatabase(server.url, spec)]);
    expect(await query(url, "SELECT current_user AS u, current_database() AS d")).toEqual([
      { u: "o'wner", d: 'shop"x' },
    ]);
    const changed = await createDatabase(server.url, { ...spec, password: "new" });
    expect(await query(changed, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await expect(query(url, "SELECT 1")).rejects.toThrow(/password/);

    const other = await createDatabase(server.url, { name: "other", owner: "other", password: "x" });
    const intruder = other.replace(/\/other$/, `/${encodeURIComponent(spec.name)}`);
    await expect(query(intruder, "SELECT 1")).rejects.toThrow(/permission denied/);
  });

  it("keeps the password out of its log, its record and its place file", async () => {
    await start();
    for (const file of ["logs/postgres.log", "run/postgres.json", "postgres.json"])
      expect(await readFile(join(stateFolder, file), "utf8")).not.toContain(password);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it("uses a server that somebody else runs, and never stops it", async () => {
  const url = inject("postgresUrl");
  const server = await externalPostgres(url);
  expect(server).toMatchObject({ url, pid: null });
  await server.stop();
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  const wrong = url.replace(/:[^:@]+@/, ":wrong@");
  await expect(externalPostgres(wrong)).rejects.toMatchObject({ code: "BYN-PARTS-006" });
  const unprivileged = await createDatabase(url, { name: "plain", owner: "plain", password: "x" });
  try {
    await expect(externalPostgres(unprivileged)).rejects.toMatchObject({
      code: "BYN-PARTS-006",
      detail: expect.stringContaining("may not make databases"),
    });
  } finally {
    await dropDatabase(url, { name: "plain", owner: "plain" });
  }
});

import { randomBytes } from "node:crypto";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { backfill } from "./backfill.ts";
import { ensureFeedRole, grantFeed } from "./feed-role.ts";
import { follow } from "./follower.ts";
import { createSample, type Sample, sample, until } from "./sample.ts";

const role = `feed_${randomBytes(4).toString("hex")}`;
let bench: Sample;
let feed: Pool;
let feedUrl: string;
let admin: Pool;
beforeAll(async () => {
  bench = await createSample(inject("postgresUrl"), 3);
  admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await ensureFeedRole(admin, role, "first");
  await ensureFeedRole(admin, role, "it's second");
  await bench.source.query(`GRANT ALL ON item TO ${role}`); // what it had before is taken away
  await grantFeed(bench.source, role);
  await grantFeed(bench.source, role);
  const url = new URL(bench.sourceUrl);
  url.username = role;
  url.password = encodeURIComponent("it's second");
  feedUrl = url.href;
  feed = new Pool({ connectionString: feedUrl, max: 3 });
});
afterAll(async () => {
  await feed?.end();
  await bench?.close();
  await admin?.query(`DROP ROLE IF EXISTS ${role}`);
  await admin?.end();
});

describe("the feed role", () => {
  test("reads every view of feed", async () => {
    for (const view of ["slot", "outbox", "item", "kind"]) {
      await expect(feed.query(`SELECT * FROM feed.${view}`)).resolves.toBeDefined();
    }
  });

  test.each([
    "SELECT * FROM public.item",
    "SELECT * FROM public.slot",
    "SELECT * FROM public.outbox",
    "SELECT FROM public.slot FOR UPDATE",
    "SELECT FROM feed.slot FOR UPDATE",
    "INSERT INTO feed.kind (id) VALUES ('mine')",
    "UPDATE feed.slot SET seq = 0",
    "DELETE FROM feed.outbox",
    "TRUNCATE public.outbox",
    "CREATE TABLE public.mine (n int)",
    "CREATE TABLE feed.mine (n int)",
    "CREATE TEMPORARY TABLE mine (n int)",
    "CREATE SCHEMA mine",
  ])("is refused: %s", async (sql) => {
    const client = await feed.connect();
    try {
      // Its read-only default is only manners: rights must hold without it.
      await client.query("SET default_transaction_read_only = off");
      await expect(client.query(sql)).rejects.toMatchObject({
        code: "42501",
      });
    } finally {
      client.release(true);
    }
  });

  test("is enough to back-fill and to follow", async () => {
    await bench.edit(1, "a", 1);
    await backfill({ capability: sample, source: feed, copy: bench.copy });
    const { copy, log } = bench;
    const follower = follow({
      capability: sample,
      source: feed,
      sourceUrl: feedUrl,
      copy,
      log,
      random: () => 0.5,
      now: Date.now,
      pollMs: 3_600_000,
    });
    await until("listening", () => follower.numbers().listening);
    await bench.edit(2, "b", 2);
    await until("applied", () => follower.numbers().applied === 1);
    await follower.stop();
  });
});

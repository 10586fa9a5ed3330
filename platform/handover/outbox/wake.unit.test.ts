import type { Pool } from "pg";
import { expect, test } from "vitest";
import { until } from "../../log/sample.ts";
import { wakeReaders } from "./wake.ts";

/** Counts the statements that it is given; each ends when it is told how. */
function slowPool() {
  const asked: PromiseWithResolvers<void>[] = [];
  const query = () => {
    const statement = Promise.withResolvers<void>();
    asked.push(statement);
    return statement.promise;
  };
  return { pool: { query } as unknown as Pool, asked };
}

test("writes that come while readers are being woken wake them once more, and no oftener", async () => {
  const { pool, asked } = slowPool();
  for (let n = 0; n < 10; n++) wakeReaders(pool);
  expect(asked).toHaveLength(1);
  asked[0]?.resolve();
  await until("the wake-up after the last write", () => asked.length === 2);
  asked[1]?.resolve();
  wakeReaders(pool);
  await until("one for the write after it", () => asked.length === 3);
  asked[2]?.resolve();
});

test("a wake-up that fails keeps none of the later ones back", async () => {
  const { pool, asked } = slowPool();
  wakeReaders(pool);
  wakeReaders(pool);
  asked[0]?.reject(new Error("the database is away"));
  await until("the next one", () => asked.length === 2);
  asked[1]?.resolve();
});

test("each pool has wake-ups of its own", () => {
  const [one, other] = [slowPool(), slowPool()];
  wakeReaders(one.pool);
  wakeReaders(other.pool);
  expect([one.asked.length, other.asked.length]).toEqual([1, 1]);
});

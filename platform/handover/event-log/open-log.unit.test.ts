import { Pool } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEnvironment } from "../../environment/environment.ts";
import { createLog } from "../../logging/log.ts";
import type { EventLog } from "./event-log.ts";
import { LogSettings, openEventLog } from "./open-log.ts";

/* Nothing listens here: a log that was opened but not used yet asks nobody. */
const NOBODY = "127.0.0.1:9";

let pool: Pool;
const open: EventLog[] = [];
beforeEach(() => {
  pool = new Pool({ connectionString: `postgres://nobody@${NOBODY}/nothing` });
});
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
  await pool.end();
});

async function opened(environment: Record<string, string>): Promise<EventLog> {
  const log = await openEventLog(readEnvironment(LogSettings, environment), {
    own: pool,
    peer: pool,
    peerUrl: `postgres://nobody@${NOBODY}/nothing`,
    side: "monolith",
    capability: "orders",
    log: createLog("open log", "silent"),
    random: () => 0.5,
  });
  open.push(log);
  return log;
}

test("brokers are read with the blanks and the last comma that people leave", () => {
  const { KAFKA_BROKERS } = LogSettings.parse({ KAFKA_BROKERS: " a:9092, b.example:9093 ," });
  expect(KAFKA_BROKERS).toEqual(["a:9092", "b.example:9093"]);
});

test.each(["a", "a:b", "http://a:9092", "a:9092 b:9092"])(
  "%s is no list of brokers (BYN-CONFIG-001)",
  (brokers) => {
    expect(() => readEnvironment(LogSettings, { KAFKA_BROKERS: brokers })).toThrow(/KAFKA_BROKERS/);
  },
);

test.each<[string, Record<string, string>]>([
  ["no brokers", {}],
  ["an empty list", { KAFKA_BROKERS: "" }],
])("with %s the log is the embedded one", async (_what, environment) => {
  expect((await (await opened(environment)).health()).detail).toBe("0 readers follow the peer's outbox");
});

test("with brokers the log is Kafka's, and its health says that none answers", async () => {
  const health = await (await opened({ KAFKA_BROKERS: NOBODY })).health();
  expect(health.ok).toBe(false);
  expect(health.detail).toMatch(/^no broker of Kafka answers/);
});

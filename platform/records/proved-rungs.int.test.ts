import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLog } from "../logging/log.ts";
import { appendToLedger } from "./ledger-file.ts";
import { followProvedRungs, type ProvedRungs } from "./proved-rungs.ts";

let folder: string;
let ledger: string;
let rungs: ProvedRungs | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-proved-"));
  ledger = join(folder, "ledger.jsonl");
});

afterEach(() => {
  rungs?.stop();
  rmSync(folder, { recursive: true });
});

const follow = async () => {
  rungs = await followProvedRungs(ledger, ["orders"], { log: createLog("proved", "silent"), everyMs: 10 });
  return rungs;
};

const BOUND = { timeout: 20_000 };
const at = "2026-11-27T12:00:00.000Z";
const key = {
  capability: "orders",
  step: "ramp",
  percentage: 10,
  configuration: "a".repeat(64),
  commit: "b",
} as const;
const bundle = {
  id: "00000000-0000-7000-8000-000000000001",
  hash: "b".repeat(64),
  kind: "data",
} as const;

/** The evidence of a step, and the step. */
async function step(): Promise<void> {
  const evidence = { bundle, key, verdict: "pass", attempt: 1, reason: "equal" } as const;
  await appendToLedger(ledger, { at, kind: "evidence", body: evidence });
  await appendToLedger(ledger, { at, kind: "step", body: { key, from: 0, to: 10, bundles: [bundle.id] } });
}

test("without a ledger nothing was proved; what is written later is seen", async () => {
  const proved = await follow();
  expect(proved.of("orders")).toBe(0);
  await step();
  await expect.poll(() => proved.of("orders"), BOUND).toBe(10);
  await appendToLedger(ledger, {
    at,
    kind: "rollback",
    body: { capability: "orders", from: 10, to: 0, rehearsal: false, why: "a bad day" },
  });
  await expect.poll(() => proved.of("orders"), BOUND).toBe(0);
});

test("a broken ledger says nothing, which is not 0 %, until it is whole again", async () => {
  await step();
  const proved = await follow();
  expect(proved.of("orders")).toBe(10);
  appendFileSync(ledger, "not an entry\n");
  await expect.poll(() => proved.of("orders"), BOUND).toBeUndefined();
  writeFileSync(ledger, "");
  await expect.poll(() => proved.of("orders"), BOUND).toBe(0);
});

test("a capability that nobody asked about is not known", async () => {
  expect((await follow()).of("catalog")).toBeUndefined();
});

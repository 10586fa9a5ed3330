import { examplePainsSamples } from "@banyan/evidence/pains/example-samples.ts";
import { LIMIT_WORDS } from "@banyan/evidence/pains/knee.ts";
import { type PainsSummary, summaryOf } from "@banyan/evidence/pains/summary.ts";
import { describe, expect, it } from "vitest";
import { capacityWords } from "./pains.ts";
import { comparedWithPains } from "./pains-expected.ts";

const example = summaryOf(examplePainsSamples());
const busy: PainsSummary["ramp"] = {
  ...example.ramp,
  keptUpPerSecond: 70,
  kneePerSecond: 80,
  because: "p95 was 90 ms",
  limit: "neighbours",
};

function found(what: string, change: Partial<PainsSummary> = {}) {
  return comparedWithPains({ ...example, ...change }).find((one) => one.what.includes(what));
}

describe("comparedWithPains", () => {
  it("says of mail that it is the longest of what is waited for, beside the checkout's own work", () => {
    expect(found("mail server")).toMatchObject({
      expected: "of what it waits for, mail the longest (p50)",
      measured: expect.stringMatching(/^it waits for .*mail 50 %.* of the whole; \d+ % is its own work$/),
      asExpected: true,
    });
  });

  it("shows of the pool the p50 that it is judged by", () => {
    expect(found("pool")).toMatchObject({
      what: expect.stringContaining("typical request"),
      expected: expect.stringMatching(/^p50 /),
      measured: expect.stringMatching(/^p50 [\d.]+ ms → [\d.]+ ms, × [\d.]+$/),
    });
  });

  it("does not settle an effect that has no bounds", () => {
    const p99Ratio = { estimate: 3, lower: null, upper: null };
    const effects = example.effects.map((effect) => ({ ...effect, p99Ratio }));
    expect(found("invoice", { effects })).toMatchObject({ measured: "× 3.00 (? – ?)", asExpected: null });
  });

  it("leaves the shop's capacity open when neighbours or the generator ended the ramp", () => {
    expect(found("hundred", { ramp: busy })).toMatchObject({ measured: "70/s", asExpected: null });
    expect(found("hundred", { ramp: { ...busy, limit: "generator" } })?.asExpected).toBeNull();
    expect(found("hundred", { ramp: { ...busy, limit: "shop" } })?.asExpected).toBe(false);
    expect(found("hundred", { ramp: { ...busy, keptUpPerSecond: 120 } })?.asExpected).toBe(true);
  });
});

describe("capacityWords", () => {
  it("says in words what limited the ramp, as the report does", () => {
    expect(capacityWords(busy)).toEqual([
      "capacity of the whole: kept up with 70 requests/s; at 80/s p95 was 90 ms",
      LIMIT_WORDS.neighbours,
    ]);
  });

  it("says that the capacity is not known when the ramp ended before the shop did", () => {
    const because = "answers kept up to the end of the ramp";
    expect(capacityWords({ ...busy, kneePerSecond: null, because, limit: null })).toEqual([
      "capacity of the whole: kept up with 70 requests/s; answers kept up to the end of the ramp, so the shop's capacity is not known",
    ]);
  });
});

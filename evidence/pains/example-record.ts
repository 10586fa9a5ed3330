import { exampleBundle } from "../bundle/example-bundle.ts";
import { examplePainsSamples } from "./example-samples.ts";
import { PAINS_FORMAT, PAINS_VERSION, type PainsRecord } from "./record.ts";
import { summaryOf } from "./summary.ts";

/** A record as `00-baseline` would write it. */
export function examplePains(change: Partial<PainsRecord> = {}): PainsRecord {
  const { id, commit, machine, startedAt, endedAt } = exampleBundle();
  return {
    format: PAINS_FORMAT,
    version: PAINS_VERSION,
    id,
    startedAt,
    endedAt,
    commit,
    machine,
    expected: [{ what: "mail", expected: "a third of a checkout", measured: "50 %", asExpected: true }],
    everyonePerSecond: 40,
    blockMs: 2_000,
    ...summaryOf(examplePainsSamples()),
    ...change,
  };
}

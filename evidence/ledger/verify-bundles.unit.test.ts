import { expect, it } from "vitest";
import { exampleBundle, exampleDraft } from "../bundle/example-bundle.ts";
import { exampleEntry, exampleLedger } from "./example-ledger.ts";
import { soundEntries } from "./sound.ts";
import { type BundleReading, unnamedBundles, verifyBundles } from "./verify-bundles.ts";

const bundle = exampleBundle();
const ledger = exampleLedger([exampleEntry(bundle)]);
const reads = (reading: BundleReading) => async (): Promise<BundleReading> => reading;

it("finds nothing wrong with a bundle as it was sealed", async () => {
  expect(await verifyBundles(ledger, reads({ found: true, bundle, changedFiles: [] }))).toEqual([]);
});

it("finds an edited, a swapped, a missing and an unreadable bundle, and edited raw data", async () => {
  const other = exampleBundle(exampleDraft(50));
  const cases: [BundleReading, string, RegExp][] = [
    [{ found: true, bundle: { ...bundle, attempt: 2 }, changedFiles: [] }, "BYN-EVIDENCE-026", /was changed/],
    [{ found: true, bundle: other, changedFiles: [] }, "BYN-EVIDENCE-026", /holds bundle/],
    [{ found: true, bundle, changedFiles: ["samples.csv.gz"] }, "BYN-EVIDENCE-026", /samples\.csv\.gz/],
    [{ found: false, why: "missing", text: "gone" }, "BYN-EVIDENCE-024", /gone/],
    [{ found: false, why: "unreadable", text: "torn" }, "BYN-EVIDENCE-025", /torn/],
  ];
  for (const [reading, code, text] of cases) {
    const [problem, ...more] = await verifyBundles(ledger, reads(reading));
    expect(problem).toMatchObject({ code, bundle: bundle.id, seq: 1, text: expect.stringMatching(text) });
    expect(more).toEqual([]);
  }
});

it("finds a ledger entry that says better of a bundle than the bundle itself", async () => {
  const failed = exampleBundle(exampleDraft(10, { ratio: 1.3 }));
  const entry = exampleEntry(failed);
  if (entry.kind !== "evidence") throw new Error("it is evidence");
  const praised = exampleLedger([{ ...entry, body: { ...entry.body, verdict: "pass" } }]);
  const found = await verifyBundles(praised, reads({ found: true, bundle: failed, changedFiles: [] }));
  expect(found.map((problem) => problem.text)).toEqual([expect.stringContaining("says something else")]);
});

it("finds a sealed bundle that no entry names", () => {
  const other = exampleBundle(exampleDraft(50));
  expect(unnamedBundles(ledger, [bundle.id, other.id])).toEqual([
    expect.objectContaining({ code: "BYN-EVIDENCE-032", bundle: other.id, seq: null }),
  ]);
});

it("takes the proof from a pass whose bundle is not sound, and leaves a fail as it is", async () => {
  const failed = exampleBundle(exampleDraft(10, { ratio: 1.3 }));
  const entries = exampleLedger([exampleEntry(bundle), exampleEntry(failed)]);
  const gone = reads({ found: false, why: "missing", text: "gone" });
  const verdicts = soundEntries(entries, await verifyBundles(entries, gone)).map(
    (entry) => entry.kind === "evidence" && entry.body.verdict,
  );
  expect(verdicts).toEqual(["inconclusive", "fail"]);
  expect(soundEntries(entries, [])).toEqual(entries);
});

import { expect, it } from "vitest";
import { bundleHash, bundleText, checkedBundle, parseBundle } from "./bundle-text.ts";
import { exampleBundle, exampleDraft } from "./example-bundle.ts";

const bundle = exampleBundle();

it("reads back what it wrote, with the same hash, whatever the white space", () => {
  const text = bundleText(bundle);
  expect(parseBundle(text, "bundle.json")).toEqual(bundle);
  expect(bundleHash(parseBundle(JSON.stringify(JSON.parse(text)), "bundle.json"))).toBe(bundleHash(bundle));
});

it("gives another hash when anything in it changes, a file's hash included", () => {
  const [file] = bundle.files;
  if (file === undefined) throw new Error("the example has a file");
  const edits = [
    { ...bundle, reasons: ["better than it was"] },
    { ...bundle, attempt: 2 },
    { ...bundle, files: [{ ...file, sha256: "0".repeat(64) }] },
    { ...bundle, commit: { ...bundle.commit, dirty: "1234" } },
  ];
  for (const edit of edits) expect(bundleHash(edit)).not.toBe(bundleHash(bundle));
});

it("names every mistake of a bundle that can't be read", () => {
  const bad = {
    ...bundle,
    id: "../../etc",
    attempt: 4,
    surprise: 1,
    files: [{ name: "../x", bytes: 1, sha256: "z" }],
  };
  expect(() => checkedBundle(bad, "bundle.json")).toThrow(
    /BYN-EVIDENCE-025.*id.*attempt.*files\.0\.name.*surprise/,
  );
  expect(() => parseBundle("{", "bundle.json")).toThrow("BYN-EVIDENCE-025");
});

it("refuses a verdict that is not the run's, and evidence of load without a run", () => {
  expect(() => checkedBundle({ ...bundle, verdict: "fail" }, "b")).toThrow(
    "differs from the verdict of the run",
  );
  expect(() => checkedBundle({ ...bundle, load: null }, "b")).toThrow("is missing in evidence of load");
  const failed = exampleBundle(exampleDraft(10, { ratio: 1.3 }));
  expect(checkedBundle(failed, "b").verdict).toBe("fail");
});

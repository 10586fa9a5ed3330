import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleBundle } from "@banyan/evidence/bundle/example-bundle.ts";
import { exampleEntry, exampleLedger, linesOf } from "@banyan/evidence/ledger/example-ledger.ts";
import { verifyLedger } from "@banyan/evidence/ledger/verify.ts";
import { renderReport } from "@banyan/evidence/report/report.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readReportAssets, writeReport } from "./report-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-report-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("makes one file with uPlot, its licence and our own page inside", async () => {
  const bundle = exampleBundle();
  const ledger = verifyLedger(linesOf(exampleLedger([exampleEntry(bundle)])));
  const assets = await readReportAssets();
  const path = join(folder, "deep", "report.html");
  await writeReport(path, renderReport({ ledger, bundles: [bundle], madeAt: bundle.endedAt, assets }));
  const page = readFileSync(path, "utf8");
  expect(page).toContain("var uPlot=");
  expect(page).toContain("The MIT License (MIT)");
  expect(page).toContain("[data-plot]");
  expect(page.length).toBeLessThan(400_000);
  expect(readdirSync(join(folder, "deep"))).toEqual(["report.html"]);
});

it("leaves the old report where the new one can't be written, and says so with a code", async () => {
  writeFileSync(join(folder, "file"), "old");
  await expect(writeReport(join(folder, "file", "report.html"), "new")).rejects.toThrow("BYN-EVIDENCE-031");
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("old");
});

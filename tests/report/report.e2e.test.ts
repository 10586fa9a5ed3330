import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exampleBundle, exampleDraft } from "@banyan/evidence/bundle/example-bundle.ts";
import { digestOf } from "@banyan/evidence/bundle/latency-digest.ts";
import { exampleEntry, exampleLedger, linesOf } from "@banyan/evidence/ledger/example-ledger.ts";
import { verifyLedger } from "@banyan/evidence/ledger/verify.ts";
import { examplePains } from "@banyan/evidence/pains/example-record.ts";
import { renderReport } from "@banyan/evidence/report/report.ts";
import { readReportAssets } from "@banyan/platform/records/report-file.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launch, why } from "../setup/browser.ts";

const LONG = "an invoice a second keeps everyone waiting: a PDF is drawn on the one thread";
/** Written in the browser before the page's own scripts: what is drawn as a label, and where it begins. */
const WATCH_LABELS = `globalThis.labels = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const at = this.getTransform().transformPoint({ x, y });
  const left = this.textAlign === "right" ? at.x - this.measureText(text).width : at.x;
  globalThis.labels.push({ text: String(text), left });
  return fillText.call(this, text, x, y);
};`;

describe.skipIf(!hasChromium)(`the report in a browser${why}`, { timeout: 120_000 }, () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "banyan-report-"));
    const bundle = exampleBundle(exampleDraft(10));
    const ledger = verifyLedger(linesOf(exampleLedger([exampleEntry(bundle)])));
    const madeAt = "2026-11-22T18:30:00.000Z";
    const assets = await readReportAssets();
    const slow = digestOf(Array.from({ length: 200 }, (_, n) => 10 * (n + 1)));
    const expected = [
      { what: LONG, expected: "everyone's p99 at least × 2", measured: "× 2.31", asExpected: true },
    ];
    const effects = examplePains().effects.map((effect) => ({ ...effect, disturbed: slow }));
    const pains = examplePains({ effects, expected });
    await writeFile(
      join(folder, "report.html"),
      renderReport({ ledger, bundles: [bundle], pains: [pains], madeAt, assets }),
    );
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(width: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.addInitScript(WATCH_LABELS);
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    await page.locator("[data-plot] canvas").first().waitFor();
    return page;
  }

  it("cuts no label of a plot off at the left, 1000 ms neither", async () => {
    const page = await open(1280);
    const drawn: { text: string; left: number }[] = await page.evaluate("labels");
    expect(drawn.map(({ text }) => text)).toContain("1000 ms");
    expect(drawn.filter(({ left }) => left < 0)).toEqual([]);
  });

  it("shows values in a legend only while somebody points at the plot", async () => {
    const page = await open(1280);
    const plot = page.locator('[data-plot$="-invoices"]');
    const values = plot.locator(".u-value:visible");
    expect(await plot.locator(".u-legend th:visible").allTextContents()).toEqual([
      "everyone, undisturbed",
      "everyone, with an invoice a second",
    ]);
    expect(await values.count()).toBe(0);
    await plot.locator(".u-over").hover();
    await expect
      .poll(() => values.allTextContents())
      .toEqual([expect.stringMatching(/^p\d/), expect.stringMatching(/ ms$/), expect.stringMatching(/ ms$/)]);
    await page.mouse.move(1, 1);
    await expect.poll(() => values.count()).toBe(0);
  });

  it("shows on a phone whether it came as expected, and nothing wider than the page", async () => {
    const page = await open(375);
    const table = page.locator("table.expectations").first();
    const came = await table.locator('td[data-label="came"]').first().boundingBox();
    expect((came?.x ?? 0) + (came?.width ?? Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(375);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
  });
});

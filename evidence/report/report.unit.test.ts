import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Bundle, BundleDraft } from "../bundle/bundle.ts";
import { checkedBundle } from "../bundle/bundle-text.ts";
import { exampleBundle, exampleDraft } from "../bundle/example-bundle.ts";
import { FACADE_MARGINS, QUICK } from "../duet/protocol.ts";
import { exampleEntry, exampleLedger, linesOf, rollbackEntry, stepEntry } from "../ledger/example-ledger.ts";
import { type LedgerReading, verifyLedger } from "../ledger/verify.ts";
import { examplePains } from "../pains/example-record.ts";
import { renderReport } from "./report.ts";

const assets = {
  uplotScript: "var uPlot;",
  uplotStyle: ".uplot{}",
  uplotLicence: "MIT",
  pageScript: "uPlot;",
  pageStyle: "p{}",
};
const madeAt = "2026-11-22T18:30:00.000Z";

function ledgerOf(bundles: readonly Bundle[]): LedgerReading {
  return verifyLedger(linesOf(exampleLedger(bundles.map(exampleEntry))));
}

function render(bundles: readonly Bundle[], ledger: LedgerReading = ledgerOf(bundles)): string {
  return renderReport({ ledger, bundles, madeAt, assets });
}

/** Every string in a bundle that may be free text becomes hostile, by the bundle's own schema. */
function poisoned(draft: BundleDraft, poison: string): Bundle {
  const { load } = draft;
  if (load === null) throw new Error("the example has a run");
  const { verdict, digest } = load;
  const measures = verdict.measures;
  const perRoute = [{ route: poison, judged: true, a: { n: 9, bad: 0 }, b: { n: 9, bad: 1 }, measures }];
  return checkedBundle(
    exampleBundle({
      ...draft,
      step: { capability: poison, name: poison, percentage: 10 },
      commit: { id: poison, dirty: poison },
      configuration: { ...draft.configuration, text: poison },
      flags: { source: poison, values: { [poison]: poison } },
      machine: { ...draft.machine, cpuModel: poison, kernel: poison, node: poison, k6: poison },
      reasons: [poison],
      expected: [{ what: poison, expected: poison, measured: poison, asExpected: false }],
      figures: [{ name: poison, value: poison, ok: false }],
      load: {
        ...load,
        arms: { a: poison, b: poison },
        digest: { ...digest, served: { a: { [poison]: 1 }, b: {} } },
        verdict: {
          ...verdict,
          reasons: [poison],
          perRoute,
          instrument: verdict.instrument.map((check) => ({ ...check, text: poison })),
          interference: { ...verdict.interference, text: poison },
        },
      },
    }),
    "bundle.json",
  );
}

describe("renderReport", () => {
  it("tells verdict, ratios with interval, errors, requests and tries of each rung", () => {
    const unsure = exampleBundle(exampleDraft(10, { latenessMs: 60 }));
    const ten = exampleBundle(exampleDraft(10, {}, 2));
    // Another kind of evidence for the same step: not a try of this one.
    const same = exampleBundle({ ...exampleDraft(10), kind: "parity", load: null });
    const entries = exampleLedger(
      [same, unsure, ten].map(exampleEntry).concat(stepEntry(ten, 1), rollbackEntry(10, 1, true)),
    );
    const page = render([ten, unsure, same], verifyLedger(linesOf(entries)));
    const rungs = page.slice(page.indexOf('class="rungs"'), page.indexOf("</table>"));
    expect(rungs).toMatch(
      /10 %.*✓<\/span> pass.*<b>0\.73<\/b>\s*<small>0\.70 to 0\.75.*0 \/ 0.*4,500 \/ 4,500.*2 \(before: inconclusive\)/s,
    );
    expect(page).toContain("in rehearsal");
    expect(page.indexOf(`id="bundle-${unsure.id}"`)).toBeLessThan(page.indexOf(`id="bundle-${ten.id}"`));
    for (const reason of [...ten.reasons, ...unsure.reasons]) expect(page).toContain(reason);
  });

  it("gives a façade step in milliseconds", () => {
    const protocol = { ...QUICK, margins: FACADE_MARGINS };
    const page = render([exampleBundle(exampleDraft(0, { protocol, aMs: 3, ratio: 1.12 }))]);
    expect(page).toMatch(/<b>\+0\.\d\d ms<\/b>/);
  });

  it.each([
    `"><script>alert(1)</script>`,
    `'--><img src=x onerror=alert(1)>`,
    "</script></style></pre></title><svg onload=alert(1)>",
    "javascript:alert(1)",
  ])("lets no name or reason inject anything: %s", (poison) => {
    const bundle = poisoned(exampleDraft(10), poison);
    const reading = ledgerOf([bundle]);
    if (!reading.ok) throw new Error("the ledger holds");
    const note = { at: madeAt, kind: "note", body: { capability: poison, text: poison } } as const;
    const by = { capability: poison, from: 1, to: 2, by: poison, what: poison };
    const back = { capability: poison, from: 2, to: 1, rehearsal: false, why: poison };
    const entries = exampleLedger([
      exampleEntry(bundle),
      note,
      { at: madeAt, kind: "manual", body: by },
      { at: madeAt, kind: "rollback", body: back },
    ]);
    const problems = [{ code: "BYN-EVIDENCE-026", bundle: bundle.id, seq: 1, text: poison } as const];
    const ledger = verifyLedger(linesOf(entries));
    const page = renderReport({ ledger, bundles: [bundle], problems, madeAt, assets });
    const harmless = render([exampleBundle()]);
    const tags = (text: string): string[] => [...new Set(text.match(/<[a-z!][^\s>]*/gi))].sort();
    expect(tags(page).filter((tag) => !tags(harmless).includes(tag))).toEqual([]);
    expect(page.match(/<script(?! type="application\/json")/g)).toHaveLength(2);
    // Names of attributes are what stands outside of quotes.
    const attributes = (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
    expect(attributes.filter((tag) => /\son\w+=|=[^"]/i.test(tag))).toEqual([]);
    expect(page.match(/href="(?!#)[^"]*/g)).toBeNull();
  });

  it("is one file that loads nothing, and whose policy names exactly its own scripts and styles", () => {
    const page = render([exampleBundle()]);
    expect(page).not.toMatch(/\s(?:src|srcset|data|action|poster)=|@import|url\(|<link|<iframe/i);
    const policy = (/Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "").replaceAll(
      "&#39;",
      "'",
    );
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-/);
    for (const text of Object.values(assets).filter((asset) => asset !== "MIT")) {
      expect(policy).toContain(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    }
    expect(policy).not.toContain("unsafe");
  });

  it("says at the top when the ledger is broken, and shows only what stands before the break", () => {
    const bundles = [exampleBundle(exampleDraft(1)), exampleBundle(exampleDraft(10))];
    const lines = linesOf(exampleLedger(bundles.map(exampleEntry)));
    const ledger = verifyLedger(
      lines.with(1, (lines[1] ?? "").replace('"verdict":"pass"', '"verdict":"fail"')),
    );
    const page = render(bundles, ledger);
    expect(page).toMatch(/role="alert".*Entry 2 was changed.*<main>/s);
    expect(page).not.toContain("chain of");
    const rungs = page.slice(page.indexOf('class="rungs"'), page.indexOf("</table>"));
    expect(rungs).not.toContain("10 %");
  });

  it("says who served the requests, and in plain words when no answer named anybody", () => {
    const draft = exampleDraft(10);
    if (draft.load === null) throw new Error("the example has a run");
    const served = { a: { "nobody said": 194 }, b: { extracted: 190 } };
    const page = render([
      exampleBundle({ ...draft, load: { ...draft.load, digest: { ...draft.load.digest, served } } }),
    ]);
    expect(page).toContain(
      "Requests meant for monolith: 194 were answered without a word of who served them",
    );
    expect(page).toContain("Requests meant for extracted: 190 were served by extracted.");
  });

  it("puts no ✓ beside an expectation that the run does not settle", () => {
    const page = render([exampleBundle(exampleDraft(10, { latenessMs: 60 }))]);
    const expected = page.slice(page.indexOf("Expected before"), page.indexOf("Against the margin"));
    expect(expected).toContain("not settled");
    expect(expected).not.toContain("✓");
  });

  it("shows a plain compare, a bundle that is gone, and an empty ledger", () => {
    const compare = exampleBundle({ ...exampleDraft(10), kind: "compare", step: null });
    expect(render([compare])).toContain("extracted against monolith");
    expect(render([], ledgerOf([exampleBundle()]))).toContain("is not here");
    expect(render([])).toContain("The ledger has no evidence yet.");
  });

  it("shows what hurts the shop: each pain with its number and a plot, and who was the limit", () => {
    const older = examplePains({
      id: "0197e000-0000-7000-8000-000000000000",
      startedAt: "2025-01-01T00:00:00Z",
    });
    const page = renderReport({
      ledger: ledgerOf([]),
      bundles: [],
      pains: [examplePains(), older],
      madeAt,
      assets,
    });
    const section = page.slice(page.indexOf('id="pains"'), page.indexOf('id="bundles"'));
    for (const plot of ["invoices", "reports", "checkouts", "parts", "looks", "ramp"])
      expect(section).toMatch(new RegExp(`data-plot="pains-[^"]*-${plot}"`));
    expect(section).toMatch(/mail takes <b>50 %<\/b>/);
    expect(section).toMatch(/Kept up with <b>170 requests\/s<\/b>.*the shop was the limit/s);
    expect(section).toContain("1 earlier measurements are not shown");
    expect(section).not.toContain("2025-01-01");
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption/g)?.length);
    const levels = [...page.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
  });

  it("lets nothing in a record of pains inject anything", () => {
    const poison = `"><script>alert(1)</script>`;
    const { checkout, ramp, expected } = examplePains();
    const pains = examplePains({
      expected: expected.map((each) => ({ ...each, what: poison, measured: poison })),
      wrong: { [poison]: 3 },
      checkout: { ...checkout, parts: checkout.parts.map((part) => ({ ...part, name: poison })) },
      ramp: { ...ramp, because: poison },
    });
    const page = renderReport({ ledger: ledgerOf([]), bundles: [], pains: [pains], madeAt, assets });
    expect(page).toContain("alert(1)");
    expect(page.match(/<script(?! type="application\/json")/g)).toHaveLength(2);
  });

  it("names headings in order and gives every plot a name and every table a caption", () => {
    const page = render([exampleBundle()]);
    const levels = [...page.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption/g)?.length);
    for (const [, id] of page.matchAll(/data-plot="([^"]+)"/g)) expect(page).toContain(`id="${id}-title"`);
  });
});

import { createHash } from "node:crypto";
import type { Bundle } from "../bundle/bundle.ts";
import type { LedgerReading } from "../ledger/verify.ts";
import type { BundleProblem } from "../ledger/verify-bundles.ts";
import type { PainsRecord } from "../pains/record.ts";
import { bundleSection } from "./bundle-section.ts";
import { count, moment } from "./figures.ts";
import { type Html, html, rawText } from "./html.ts";
import { painsSection } from "./pains-section.ts";
import { type Story, storiesOf } from "./story.ts";
import { storySection, timeline } from "./story-section.ts";

/** Texts that the page carries inside: read from disk by the adapter. */
export interface ReportAssets {
  readonly uplotScript: string;
  readonly uplotStyle: string;
  readonly uplotLicence: string;
  readonly pageScript: string;
  readonly pageStyle: string;
}

export interface ReportInput {
  readonly ledger: LedgerReading;
  /** Those that could be read, in any order. */
  readonly bundles: readonly Bundle[];
  /** Records of the shop's pains, in any order; the newest is shown. */
  readonly pains?: readonly PainsRecord[];
  /** What `verifyBundles` found; none if it was not asked. */
  readonly problems?: readonly BundleProblem[];
  /** ISO 8601. */
  readonly madeAt: string;
  readonly assets: ReportAssets;
}

/**
 * The whole report as one HTML file that asks nobody for anything. Its content security policy lets nothing run or
 * load but the scripts and styles that stand in it, named by their hashes: should a name ever slip through
 * unescaped, it still can't do anything.
 */
export function renderReport(input: ReportInput): string {
  const { ledger, assets, madeAt } = input;
  const bundles = input.bundles.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const pains = (input.pains ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const newestPains = pains.at(-1);
  const stories = storiesOf(ledger.entries, bundles);
  const scripts = [rawText(assets.uplotScript, "script"), rawText(assets.pageScript, "script")];
  const styles = [rawText(assets.uplotStyle, "style"), rawText(assets.pageStyle, "style")];
  const policy = `default-src 'none'; script-src ${hashes(scripts)}; style-src ${hashes(styles)}; base-uri 'none'; form-action 'none'`;
  const names = stories.map((story) => story.capability).join(", ");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Banyan evidence${names === "" ? null : `: ${names}`}</title>
${styles.map((style) => html`<style>${style}</style>`)}
</head>
<body>
<header><p class="brand">Banyan</p><h1>${titleOf(stories, bundles)}</h1><p class="note">Made ${moment(madeAt)} from the ledger and its bundles. Nothing here is loaded from anywhere.</p>
${integrity(ledger, input.problems ?? [])}</header>
<main>
${stories.map((story) => storySection(story, stories.length > 1))}
${stories.length === 0 && bundles.length === 0 ? html`<p>The ledger has no evidence yet.</p>` : null}
${newestPains === undefined ? null : painsSection(newestPains, pains.length - 1)}
<section aria-labelledby="bundles"><h2 id="bundles">Measurements</h2>
${bundles.map((bundle, i) => bundleSection(bundle, i === bundles.length - 1))}</section>
<section aria-labelledby="ledger"><h2 id="ledger">What happened</h2>${timeline(ledger.entries, bundles)}</section>
</main>
<footer><details><summary>Licence of uPlot, which draws the plots</summary><pre>${assets.uplotLicence}</pre></details></footer>
${scripts.map((script) => html`<script>${script}</script>`)}
</body>
</html>
`;
  return page.text;
}

function titleOf(stories: readonly Story[], bundles: readonly Bundle[]): string {
  const [story, ...more] = stories;
  if (story !== undefined) return more.length === 0 ? `${story.capability}: ${story.headline}` : "Evidence";
  const arms = bundles.at(-1)?.load?.arms;
  return arms === undefined ? "Evidence" : `${arms.b} against ${arms.a}`;
}

function integrity(ledger: LedgerReading, problems: readonly BundleProblem[]): Html {
  const found = problems.map(({ code, text }) => html`<li><code>${code}</code> ${text}</li>`);
  if (ledger.ok && problems.length === 0) {
    const head =
      ledger.head === null
        ? null
        : html`; its head is <code>${ledger.head.seq} ${ledger.head.hash.slice(0, 16)}</code>`;
    return html`<p class="integrity good"><span aria-hidden="true">✓</span> The ledger's chain of ${count(ledger.entries.length)} entries holds${head}.</p>`;
  }
  const broken = ledger.ok
    ? null
    : html`<li><code>BYN-EVIDENCE-020</code> ${ledger.broken.text} Only what stands before it is shown.</li>`;
  return html`<div class="integrity bad" role="alert"><p><span aria-hidden="true">✗</span> Not all of this can be believed:</p><ul>${broken}${found}</ul></div>`;
}

function hashes(texts: readonly Html[]): string {
  return texts.map(({ text }) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
}

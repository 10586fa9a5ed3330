import type { Bundle } from "../bundle/bundle.ts";
import { bundleHash } from "../bundle/bundle-text.ts";
import { NOBODY_SAID } from "../bundle/run-digest.ts";
import type { InstrumentCheck, Interference, RouteMeasure } from "../duet/verdict.ts";
import { percent } from "../duet/words.ts";
import { commitText } from "../ledger/step-key.ts";
import { expectationTable } from "./expectation-table.ts";
import { bytes, count, errorShare, interval, moment, onScale, stepTitle } from "./figures.ts";
import { forest, verdictChip } from "./forest.ts";
import { type Content, type Html, html } from "./html.ts";
import { plots } from "./plots.ts";

type Load = NonNullable<Bundle["load"]>;

/** One bundle: verdict and reasons, then what was measured, then where and by what. */
export function bundleSection(bundle: Bundle, open: boolean): Html {
  const { load } = bundle;
  return html`<details class="bundle" id="bundle-${bundle.id}"${open ? html` open` : null}>
<summary><h3>${titleOf(bundle)}</h3>${verdictChip(bundle.verdict)}<small>try ${bundle.attempt} · ${moment(bundle.startedAt)}</small></summary>
<ul class="reasons">${bundle.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${bundle.expected.length === 0 ? null : html`<h4>Expected before, measured after</h4>${expectationTable(bundle.expected)}`}
${bundle.figures.length === 0 ? null : html`<h4>What was counted</h4>${figures(bundle.figures)}`}
${load === null ? null : loadParts(bundle.id, load)}
${provenance(bundle)}</details>`;
}

function titleOf({ step, load, kind }: Bundle): string {
  if (step !== null) return `${step.capability} ${stepTitle(step)} · ${kind}`;
  return load === null ? kind : `${load.arms.b} against ${load.arms.a}`;
}

function loadParts(id: string, load: Load): Html {
  const { verdict, plan, arms } = load;
  const seconds = verdict.measuredMs / 1_000;
  return html`<p class="note">${verdict.protocol} protocol, look ${verdict.look} of ${verdict.levels.looks}: ${seconds} s at ${plan.ratePerSecond}
requests/s in total, in blocks of ${plan.blockMs / 1_000} s: one in ${plan.soloEvery} is ${arms.a} alone, the others are both sides in the same seconds.</p>
<h4>Against the margin</h4>${forest(verdict, arms)}
<h4>Over time, and in the tail</h4>${plots(id, load)}
<h4>Can the measurement be trusted?</h4>${instrument(verdict.instrument, verdict.interference)}
${served(load)}
${verdict.perRoute.length === 0 ? null : html`<details><summary>By route</summary>${routes(verdict.perRoute)}</details>`}`;
}

function instrument(checks: readonly InstrumentCheck[], interference: Interference): Html {
  const row = (ok: boolean, name: string, text: string): Html => html`<tr><td class="${ok ? "good" : "bad"}">
<span aria-hidden="true">${ok ? "✓" : "✗"}</span> ${ok ? "holds" : "broken"}</td><th scope="row">${name}</th><td>${text}</td></tr>`;
  return html`<div class="scroll"><table class="checks"><caption class="hidden">Instrument checks</caption>
<thead><tr><th scope="col">check</th><th scope="col">of</th><th scope="col">what was seen</th></tr></thead>
<tbody>${row(interference.ok, "alone or together", interference.text)}
${checks.map((check) => row(check.ok, check.name.replaceAll("-", " "), check.text))}</tbody></table></div>`;
}

function served({ digest, arms }: Load): Html {
  const of = (arm: "a" | "b"): string =>
    Object.entries(digest.served[arm])
      .map(([side, n]) =>
        side === NOBODY_SAID
          ? `${count(n)} were answered without a word of who served them (only the proxy says so)`
          : `${count(n)} were served by ${side}`,
      )
      .join(", ") || "none";
  return html`<p class="note">Requests meant for ${arms.a}: ${of("a")}. Requests meant for ${arms.b}: ${of("b")}.</p>`;
}

function routes(perRoute: readonly RouteMeasure[]): Html {
  const rows = perRoute.map(({ route, judged, a, b, measures }) => {
    const said = measures.map(({ metric, scale, estimate, pass, outcome }) => {
      return html`<li>${metric} <b>${onScale(estimate, scale)}</b> (${interval(pass, scale)})${judged ? ` ${outcome}` : null}</li>`;
    });
    return html`<tr><th scope="row"><code>${route}</code></th><td>${count(a.n)} / ${count(b.n)}</td>
<td>${errorShare(a)} / ${errorShare(b)}</td><td><ul class="plain">${said}</ul></td><td>${judged ? "yes" : "no, only shown"}</td></tr>`;
  });
  return html`<div class="scroll"><table><caption class="hidden">By route</caption><thead><tr><th scope="col">route</th>
<th scope="col">requests</th><th scope="col">errors</th><th scope="col">latency</th><th scope="col">judged</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function figures(of: Bundle["figures"]): Html {
  const rows = of.map(({ name, value, ok }) => {
    return html`<tr><th scope="row">${name}</th><td>${value}</td><td class="${ok === null ? "" : ok ? "good" : "bad"}">${ok === null ? "" : ok ? "✓" : "✗"}</td></tr>`;
  });
  return html`<div class="scroll"><table><caption class="hidden">Figures</caption><tbody>${rows}</tbody></table></div>`;
}

function provenance(bundle: Bundle): Html {
  const { machine, files, configuration, flags } = bundle;
  const facts: [string, Content][] = [
    ["bundle", html`<code>${bundle.id}</code>`],
    ["hash", html`<code>${bundleHash(bundle)}</code>`],
    [
      "commit",
      html`<code>${commitText(bundle.commit)}</code>${bundle.commit.dirty === null ? null : " (with changes that are not committed)"}`,
    ],
    ["measured", `${moment(bundle.startedAt)} to ${moment(bundle.endedAt)}`],
    [
      "machine",
      `${machine.cpuModel}, ${machine.cores} cores, ${bytes(machine.memoryBytes)}, ${machine.kernel}`,
    ],
    ["versions", `node ${machine.node}${machine.k6 === null ? "" : `, k6 ${machine.k6}`}`],
    ["flags", html`${flags.source}: <code>${JSON.stringify(flags.values)}</code>`],
    [
      "α",
      bundle.load === null
        ? "–"
        : `pass ${percent(bundle.load.verdict.levels.pass)}, fail ${percent(bundle.load.verdict.levels.fail)} (one-sided, this look)`,
    ],
    ["configuration", html`<code>${configuration.hash}</code>`],
  ];
  const rows = facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const list = files.map(({ name, bytes: size, sha256 }) => {
    return html`<tr><th scope="row">${name}</th><td>${bytes(size)}</td><td><code>${sha256}</code></td></tr>`;
  });
  return html`<details class="provenance"><summary>Machine, commit, configuration, raw files</summary><dl>${rows}</dl>
<pre>${configuration.text}</pre><div class="scroll"><table><caption class="hidden">Raw files</caption><thead><tr><th scope="col">file</th><th scope="col">size</th>
<th scope="col">sha256</th></tr></thead><tbody>${list}</tbody></table></div></details>`;
}

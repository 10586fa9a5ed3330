import type { Expectation } from "../bundle/bundle.ts";
import { type Html, html } from "./html.ts";

/** What was written down before anything was measured, and what came. */
export function expectationTable(expected: readonly Expectation[]): Html {
  const rows = expected.map(({ what, expected: wanted, measured, asExpected }) => {
    const came = asExpected === null ? "not settled" : asExpected ? "✓ as expected" : "✗ otherwise";
    return html`<tr><th scope="row">${what}</th><td data-label="expected">${wanted}</td><td data-label="measured">${measured ?? "not measured"}</td>
<td data-label="came" class="${asExpected === null ? "" : asExpected ? "good" : "surprise"}">${came}</td></tr>`;
  });
  return html`<div class="scroll"><table class="expectations"><caption class="hidden">Expectations</caption><thead><tr><th scope="col">what</th>
<th scope="col">expected</th><th scope="col">measured</th><th scope="col">came</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

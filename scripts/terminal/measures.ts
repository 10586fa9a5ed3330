import type { Measure, Outcome, Verdict } from "@banyan/evidence/duet/verdict.ts";
import type { Screen } from "./screen.ts";

const MARKS = { pass: "good", fail: "bad", inconclusive: "warn" } as const;

/** A verdict and its reasons in words. @param of what it is about, such as the kind of evidence */
export function showVerdict(
  screen: Screen,
  { verdict, reasons }: { readonly verdict: Outcome; readonly reasons: readonly string[] },
  of?: string,
): void {
  screen[MARKS[verdict]](`${of === undefined ? "" : `${of}: `}${verdict}. ${reasons[0] ?? ""}`);
  for (const reason of reasons.slice(1)) screen.say(`    ${reason}`);
}

/** The figures that a verdict was made of. */
export function showMeasures(screen: Screen, verdict: Verdict): void {
  const { a, b } = verdict.errors;
  screen.table(
    ["measure", "a", "b", "b against a", "margin", "says"],
    [
      ...verdict.measures.map((m) => [
        m.metric,
        ms(m.aMs),
        ms(m.bMs),
        intervalOf(m),
        value(m, m.margin),
        m.outcome,
      ]),
      [
        "errors",
        `${a.bad} of ${a.n}`,
        `${b.bad} of ${b.n}`,
        "",
        `+${(verdict.errors.margin * 100).toFixed(2)} pp`,
        verdict.errors.outcome,
      ],
    ],
  );
}

/** `× 0.61 (0.58 – 0.64)`: the estimate and its bounds at the pass level. */
export function intervalOf(measure: Measure): string {
  const { estimate, pass } = measure;
  if (estimate === null) return "no estimate";
  const bound = (n: number | null) => (n === null ? "?" : value(measure, n).replace(/^[×+] ?/, ""));
  return `${value(measure, estimate)} (${bound(pass.lower)} – ${bound(pass.upper)})`;
}

function value({ scale }: Measure, n: number): string {
  return scale === "ratio" ? `× ${n.toFixed(2)}` : `${n < 0 ? "−" : "+"}${Math.abs(n).toFixed(2)} ms`;
}

function ms(n: number | null): string {
  return n === null ? "–" : `${n.toFixed(2)} ms`;
}

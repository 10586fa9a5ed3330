import type { Interval } from "@banyan/evidence/statistics/hodges-lehmann.ts";
import { ARM_WORDS, ARMS, KIND_WORDS } from "./kinds.ts";
import type { Metric, Row } from "./results.ts";

const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  requestsPerSecond: "requests/s at saturation",
  p50Ms: "p50 at the fixed rate",
  p99Ms: "p99 at the fixed rate",
  cpuUs: "CPU for a request",
  rssBytes: "memory (RSS)",
};

export const HEAD: readonly string[] = [
  "request",
  "measure",
  ...ARMS.map((arm) => ARM_WORDS[arm]),
  "Banyan ÷ express + HPM",
  "Banyan ÷ direct",
];

/** The table's cells; a kind stands only in its first row. */
export function cellsOf(rows: readonly Row[]): string[][] {
  return rows.map(({ kind, metric, medians, overExpress, overDirect }, i) => [
    rows[i - 1]?.kind === kind ? "" : KIND_WORDS[kind],
    METRIC_WORDS[metric],
    ...ARMS.map((arm) => figure(metric, medians[arm])),
    figureOfRatio(overExpress),
    figureOfRatio(overDirect),
  ]);
}

function figure(metric: Metric, value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (metric === "requestsPerSecond") return String(Math.round(value));
  if (metric === "cpuUs") return `${Math.round(value)} µs`;
  return metric === "rssBytes" ? `${Math.round(value / 1_048_576)} MiB` : `${value.toFixed(2)} ms`;
}

/** `0.92 (0.90 – 0.95)`; without an interval where the rounds are too few for one. */
export function figureOfRatio({ estimate, lower, upper }: Interval): string {
  if (estimate === null) return "–";
  const bounds = lower === null || upper === null ? "" : ` (${lower.toFixed(2)} – ${upper.toFixed(2)})`;
  return `${estimate.toFixed(2)}${bounds}`;
}

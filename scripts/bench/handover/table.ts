import { figureOfRatio } from "../table.ts";
import { ARM_WORDS, ARMS, LOAD_WORDS } from "./loads.ts";
import { AT_ONCE, type MoveMetric, type MoveRow, type WriteMetric, type WriteRow } from "./results.ts";

const WRITE_WORDS: Readonly<Record<WriteMetric, string>> = {
  p50Ms: "p50 of a write",
  writesPerSecond: "writes/s",
  cpuUs: "CPU for a write",
};

export const WRITE_HEAD: readonly string[] = [
  "load",
  "measure",
  ...ARMS.map((arm) => ARM_WORDS[arm]),
  "guarded ÷ unguarded",
  "with a key ÷ unguarded",
];

/** The cells of the writes' table; a load stands only in its first row. */
export function writeCellsOf(rows: readonly WriteRow[]): string[][] {
  return rows.map(({ load, metric, medians, guarded, keyed }, i) => [
    rows[i - 1]?.load === load ? "" : LOAD_WORDS[load],
    WRITE_WORDS[metric],
    ...ARMS.map((arm) => writeFigure(metric, medians[arm])),
    figureOfRatio(guarded),
    figureOfRatio(keyed),
  ]);
}

const MOVE_WORDS: Readonly<Record<MoveMetric, string>> = {
  slotsPerSecond: "slots handed over in a second",
  p50Ms: "pause of a slot, p50",
  p99Ms: "pause of a slot, p99",
  writesPerSecond: "writes/s meanwhile, of all slots",
};

export const MOVE_HEAD: readonly string[] = [
  "measure",
  ...AT_ONCE.map((n) => (n === 1 ? "1 slot at once" : `${n} slots at once`)),
];

/** The cells of the handovers' table: the figure, and those of the lowest and the highest round. */
export function moveCellsOf(rows: readonly MoveRow[]): string[][] {
  return rows.map(({ metric, of }) => [
    MOVE_WORDS[metric],
    ...AT_ONCE.map((n) => {
      const { value, lowest, highest } = of[n];
      const number = (figure: number) => figure.toFixed(metric === "slotsPerSecond" ? 1 : 0);
      const unit = metric === "p50Ms" || metric === "p99Ms" ? " ms" : "";
      return `${number(value)}${unit} (${number(lowest)} – ${number(highest)})`;
    }),
  ]);
}

function writeFigure(metric: WriteMetric, value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (metric === "writesPerSecond") return String(Math.round(value));
  return metric === "cpuUs" ? `${Math.round(value)} µs` : `${value.toFixed(2)} ms`;
}

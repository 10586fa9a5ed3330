import type { Interval } from "@banyan/evidence/statistics/hodges-lehmann.ts";
import { KIND_WORDS } from "./kinds.ts";
import type { Row } from "./results.ts";
import { figureOfRatio } from "./table.ts";

/** Whether the proxy costs no more CPU than what people use today, as far as the run can tell, and what it costs in memory. */
export function proxyAimWords(rows: readonly Row[]): string {
  const of = (metric: Row["metric"]) => rows.filter((row) => row.metric === metric);
  const said = (row: Row) => `${KIND_WORDS[row.kind]}: × ${figureOfRatio(row.overExpress)}`;
  const cpu = of("cpuUs");
  const dearer = cpu.filter(({ overExpress }) => !mayBeOne(overExpress));
  const aim = "Aimed at: no more CPU for a request than express + HPM, with everything on.";
  const verdict =
    dearer.length === 0
      ? `Met, as far as these rounds can tell (${cpu.map(said).join("; ")}).`
      : `**Missed** (${dearer.map(said).join("; ")}).`;
  return `${aim} ${verdict} Memory was no aim: ${of("rssBytes").map(said).join("; ")}.`;
}

/** True while its interval does not lie above 1 as a whole. */
function mayBeOne({ lower }: Interval): boolean {
  return lower !== null && lower <= 1;
}

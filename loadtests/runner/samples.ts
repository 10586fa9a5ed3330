import type { Sample } from "@banyan/evidence/duet/observation.ts";
import { METRICS } from "../k6/run-file.ts";
import { dueMs, type Schedule, turnOf } from "../k6/schedule.ts";
import { type CsvRow, unreadable } from "./csv.ts";

/** k6's own metric; it counts per scenario, and the background's count too: a machine that is too slow is too slow. */
const DROPPED = "dropped_iterations";

export const WANTED_METRICS: readonly string[] = [METRICS.answered, METRICS.background, DROPPED];

/** What a row of k6's CSV says. */
export type Reading =
  | { readonly kind: "sample"; readonly iteration: number; readonly sample: Sample; readonly wrong: string }
  | {
      readonly kind: "background";
      readonly wrong: boolean;
      readonly refused: boolean;
      readonly side: string;
      /** Went where the proposed percentage sends it: of the capability's routes, and in no solo block. */
      readonly routed: boolean;
    }
  | { readonly kind: "dropped"; readonly iterations: number };

/** Throws BYN-EVIDENCE-060 for a row that does not say what our scenario writes. */
export function readingOf(
  { row, line }: { readonly row: CsvRow; readonly line: string },
  schedule: Schedule,
  routes: readonly string[],
): Reading {
  if (row.metric === DROPPED) return { kind: "dropped", iterations: row.value };
  if (row.metric === METRICS.background) {
    const why = row.tags.get("wrong");
    const refused = why === "refused";
    const { tags } = row;
    const wrong = why !== "" && !refused;
    return {
      kind: "background",
      wrong,
      refused,
      side: tags.get("side") ?? "",
      routed: tags.get("routed") === "true",
    };
  }
  const iteration = wholeNumber(row.metadata.get("i"));
  const late = Number(row.metadata.get("late") ?? Number.NaN);
  const route = routes[wholeNumber(row.tags.get("route"))];
  const { arm, phase } = turnOf(iteration, schedule);
  if (
    Number.isNaN(iteration) ||
    !Number.isFinite(late) ||
    route === undefined ||
    row.tags.get("arm") !== arm
  ) {
    throw unreadable(line, "is no sample of this run");
  }
  // k6's clock has whole milliseconds, so that an iteration in time can seem to be up to 1 ms early.
  const latenessMs = Math.max(0, late);
  const wrong = row.tags.get("wrong") ?? "unsaid";
  return {
    kind: "sample",
    iteration,
    wrong,
    sample: {
      arm,
      phase,
      startMs: dueMs(iteration, schedule.ratePerSecond) + latenessMs,
      latencyMs: row.value,
      latenessMs,
      route,
      ok: wrong === "",
      side: row.tags.get("side") ?? "",
    },
  };
}

function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

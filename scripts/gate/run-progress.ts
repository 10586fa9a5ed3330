import type { ProgressEvent } from "@banyan/loadtests/runner/progress.ts";
import type { Screen } from "../terminal/screen.ts";

const WORDS: Record<ProgressEvent["phase"], string> = {
  waiting: "waiting for the machine's load lock",
  recording: "recording the right answers",
  "warm-up": "warm-up",
  solo: "reference alone",
  duet: "both sides",
  judged: "judged",
};

/** Draws a run: phase, seconds left, running ratio, errors so far. */
export function showRun(screen: Screen): (event: ProgressEvent) => void {
  return ({ phase, elapsedMs, expectedMs, look, p50Ratio, errors }) => {
    const running = phase === "duet" || phase === "solo" || phase === "warm-up";
    const details = [
      running ? `${Math.max(0, Math.round((expectedMs - elapsedMs) / 1000))} s left` : "",
      look > 1 ? `look ${look}` : "",
      p50Ratio === null ? "" : `p50 × ${p50Ratio.toFixed(2)} so far`,
      errors.a + errors.b === 0 ? "" : `wrong answers ${errors.a} / ${errors.b}`,
    ];
    const ratio = expectedMs === 0 ? 0 : elapsedMs / expectedMs;
    screen.progress(WORDS[phase], ratio, details.filter((detail) => detail !== "").join(" · "));
  };
}

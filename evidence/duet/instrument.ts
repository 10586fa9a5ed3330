import { blocksOf } from "./blocks.ts";
import { fewestFor } from "./cut.ts";
import type { Digest } from "./digest.ts";
import type { Protocol } from "./protocol.ts";
import type { InstrumentCheck } from "./verdict.ts";
import { ms, percent } from "./words.ts";

/** Whether the run measured what it was meant to. Any check that is not ok makes the verdict inconclusive. */
export function instrumentOf(digest: Digest, protocol: Protocol, lookMs: number): InstrumentCheck[] {
  const limits = protocol.instrument;
  const { a, b } = digest;
  const balance = a.n + b.n === 0 ? 1 : Math.abs(a.n - b.n) / Math.max(a.n, b.n);
  const { plan } = digest;
  const duetMs = blocksOf("duet", plan, lookMs).length * plan.blockMs;
  const planned = (plan.ratePerSecond * duetMs) / 1000;
  const missing = Math.max(0, 1 - (a.n + b.n) / planned);
  const blocks = digest.pairs.p95.length;
  const dropped = digest.droppedIterations;
  const late = digest.latenessP99Ms;
  const wrong = digest.wrongSide;
  return [
    {
      name: "dropped-iterations",
      ok: dropped === 0,
      value: dropped,
      limit: 0,
      lasting: true,
      text: `k6 dropped ${dropped} iterations (allowed: none)`,
    },
    {
      name: "wrong-side",
      ok: wrong === 0,
      value: wrong,
      limit: 0,
      lasting: true,
      text: `${wrong} answers came from another side than the one asked for (allowed: none)`,
    },
    {
      name: "arm-balance",
      ok: balance <= limits.armBalance,
      value: balance,
      limit: limits.armBalance,
      lasting: false,
      text:
        a.n + b.n === 0
          ? "the duet has no answers yet"
          : `the arms differ by ${percent(balance)} in requests: ${a.n} and ${b.n} (allowed: ${percent(limits.armBalance)})`,
    },
    {
      name: "missing-answers",
      ok: missing <= limits.missingAnswers,
      value: missing,
      limit: limits.missingAnswers,
      lasting: false,
      text: `${percent(missing)} of the ${Math.round(planned)} planned requests have no sample (allowed: ${percent(limits.missingAnswers)})`,
    },
    {
      name: "blocks",
      ok: blocks >= limits.minBlocks,
      value: blocks,
      limit: limits.minBlocks,
      lasting: false,
      text: `${blocks} usable blocks (needed: ${limits.minBlocks}; a block needs ${fewestFor("p95")} answers of each arm)`,
    },
    {
      name: "lateness-p99",
      ok: late <= limits.latenessP99Ms,
      value: late,
      limit: limits.latenessP99Ms,
      lasting: false,
      text: `requests started late: p99 ${ms(late)} (allowed: ${ms(limits.latenessP99Ms)})`,
    },
  ];
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ErrorWatch } from "@banyan/evidence/duet/error-watch.ts";
import { judge, lookNeeded } from "@banyan/evidence/duet/judge.ts";
import type { Observation, Plan, Sample } from "@banyan/evidence/duet/observation.ts";
import type { Protocol } from "@banyan/evidence/duet/protocol.ts";
import type { Verdict } from "@banyan/evidence/duet/verdict.ts";
import { firstDueAt } from "../k6/schedule.ts";

/** So many of arm a's last answers are looked at to see whether the reference is still there, … */
const BASELINE_WINDOW = 100;
/** … and it is lost when so many of them are wrong: nothing can be compared with that. */
const BASELINE_LOST_AT = 50;
/** How long after the last possible answer of a look its samples may still be on their way from k6. */
const SLACK_MS = 2_000;

/**
 * Collects the samples of a run and says when to judge: at each look that is needed, at once when the error watch
 * aborts, and early when the instrument is broken for good (dropped iterations, an answer of the wrong side). Time comes in as an argument.
 */
export class RunWatch {
  readonly #protocol: Protocol;
  readonly #plan: Plan;
  readonly #expectedSide: Observation["expectedSide"];
  readonly #requestTimeoutMs: number;
  readonly #samples: Sample[] = [];
  readonly #errors = new ErrorWatch();
  readonly #arrived: number[];
  readonly #baseline: boolean[] = [];
  #baselineWrong = 0;
  #dropped = 0;
  #droppedAtMs: number | undefined;
  #wrongSide = false;
  #look = 1;

  constructor(
    protocol: Protocol,
    plan: Plan,
    expectedSide: Observation["expectedSide"],
    requestTimeoutMs: number,
  ) {
    this.#protocol = protocol;
    this.#plan = plan;
    this.#expectedSide = expectedSide;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#arrived = plan.looksMs.map(() => 0);
  }

  get look(): number {
    return this.#look;
  }

  get observation(): Observation {
    return {
      plan: this.#plan,
      samples: this.#samples,
      droppedIterations: this.#dropped,
      expectedSide: this.#expectedSide,
    };
  }

  /** @throws BanyanError BYN-EVIDENCE-063 when half of arm a's last answers are wrong */
  add(iteration: number, sample: Sample): void {
    this.#samples.push(sample);
    this.#errors.observe(sample);
    for (const [k, ms] of this.#plan.looksMs.entries()) {
      if (iteration < this.#lastOf(ms)) this.#arrived[k] = (this.#arrived[k] ?? 0) + 1;
    }
    const side = this.#expectedSide[sample.arm];
    // As in evidence/duet/cut.ts: a failed answer may name nobody, but never another side.
    if (side !== undefined && sample.side !== side && (sample.ok || sample.side !== ""))
      this.#wrongSide = true;
    if (sample.arm === "a") this.#watchBaseline(sample.ok);
  }

  drop(iterations: number, nowMs: number): void {
    this.#dropped += iterations;
    this.#droppedAtMs ??= nowMs;
  }

  /**
   * The verdict when the run can end, undefined while it must go on. `nowMs` counts from the run's start; `ended`
   * says that k6 has come to its end, so that nothing more will arrive.
   */
  verdict(nowMs: number, ended: boolean): Verdict | undefined {
    if (this.#errors.aborts || this.#wrongSide) return judge(this.observation, this.#protocol, this.#look);
    // A dropped iteration can't be mended by waiting. But the time-outs that caused it may still come in, and tell
    // a side that hangs (a fail) from a machine that is too slow (inconclusive).
    const stuck =
      this.#droppedAtMs !== undefined && nowMs > this.#droppedAtMs + this.#requestTimeoutMs + SLACK_MS;
    if (stuck) return judge(this.observation, this.#protocol, this.#look);
    while (ended || this.#isComplete(nowMs)) {
      const verdict = judge(this.observation, this.#protocol, this.#look);
      const next = lookNeeded(verdict, this.#protocol);
      if (next === undefined) return verdict;
      this.#look = next;
    }
    return undefined;
  }

  /** Every request sent before the end of the look was answered, or can't be any more. */
  #isComplete(nowMs: number): boolean {
    const lookMs = this.#plan.looksMs[this.#look - 1] ?? 0;
    if ((this.#arrived[this.#look - 1] ?? 0) >= this.#lastOf(lookMs)) return true;
    return nowMs > this.#plan.warmUpMs + lookMs + this.#requestTimeoutMs + SLACK_MS;
  }

  #lastOf(lookMs: number): number {
    return firstDueAt(this.#plan.warmUpMs + lookMs, this.#plan.ratePerSecond);
  }

  #watchBaseline(ok: boolean): void {
    this.#baseline.push(ok);
    if (!ok) this.#baselineWrong += 1;
    if (this.#baseline.length > BASELINE_WINDOW && this.#baseline.shift() === false) this.#baselineWrong -= 1;
    if (this.#baselineWrong >= BASELINE_LOST_AT) {
      throw new BanyanError(
        "BYN-EVIDENCE-063",
        `of arm a's last ${this.#baseline.length} answers, ${this.#baselineWrong} were wrong or missing`,
      );
    }
  }
}

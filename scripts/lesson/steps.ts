import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { isRehearsed } from "@banyan/evidence/ledger/queries.ts";
import type { StackContext } from "../commands/context.ts";
import { mustPass } from "../commands/step.ts";
import type { LoadExpectation } from "../gate/gathered.ts";
import { type Taken, takeNext } from "../gate/next.ts";
import { prove } from "../gate/prove.ts";
import { rollBack } from "../gate/rollback.ts";
import { standingOf } from "../gate/standing.ts";
import { showMeasures, showVerdict } from "../terminal/measures.ts";
import type { Screen } from "../terminal/screen.ts";

/** A verdict has at most three tries, all in the ledger. */
const TRIES = 3;

/**
 * Proves the next step of a capability and takes it. Inconclusive evidence is taken again, twice at most; after that
 * the flag is rolled back and the error says why (exit 4). A fail leaves the flag unmoved (exit 3).
 */
export async function proveAndTake(
  context: StackContext,
  capability: string,
  expectations: readonly LoadExpectation[],
): Promise<Taken> {
  const { screen } = context;
  for (let tried = 1; ; tried++) {
    const proved = await prove(context, capability, { expectations });
    for (const { kind, bundle } of proved.evidence) {
      showVerdict(screen, bundle, kind);
      if (bundle.load !== null) showMeasures(screen, bundle.load.verdict);
      showExpected(context, bundle);
    }
    if (proved.verdict === "inconclusive" && tried < TRIES) {
      screen.warn(`inconclusive: taken again (try ${tried + 1} of ${TRIES})`);
      continue;
    }
    if (proved.verdict === "inconclusive") await giveUp(context, capability, proved.evidence.at(-1)?.bundle);
    mustPass(proved);
    const taken = await takeNext(context, capability);
    const moved =
      taken.arrivedAfterMs === null
        ? ""
        : `: ${taken.from} % → ${taken.to} %, in force after ${Math.round(taken.arrivedAfterMs)} ms`;
    screen.good(`${stepTitle(taken.step)} taken${moved}`);
    return taken;
  }
}

async function giveUp(context: StackContext, capability: string, bundle: Bundle | undefined): Promise<void> {
  const why = `inconclusive three times: ${bundle?.reasons[0] ?? "no reason given"}`.slice(0, 1_900);
  const { from, to } = await rollBack(context, capability, { to: 0, rehearsal: false, why });
  context.screen.warn(`rolled back from ${from} % to ${to} %: ${why}`);
}

/** What was expected before, beside what was measured; what the measurement does not settle gets neither mark. */
export function showExpected(
  { screen }: { readonly screen: Pick<Screen, "say" | "good" | "warn"> },
  { expected }: Pick<Bundle, "expected">,
): void {
  for (const { what, expected: before, measured, asExpected } of expected) {
    const words = `expected ${what}: ${before}; measured: ${measured ?? "nothing"}`;
    if (asExpected === null) screen.say(`? ${words} — not settled`);
    else if (asExpected) screen.good(words);
    else screen.warn(`${words} — not as expected`);
  }
}

/** True when the step is taken already: a script that is run again goes on where it stands. */
export async function isTaken(
  context: StackContext,
  capability: string,
  name: string,
  percentage: number,
): Promise<boolean> {
  const { plan } = await standingOf(context, capability);
  return plan.steps.some(({ step, taken }) => taken && step.name === name && step.percentage === percentage);
}

/** True while the flag stands at this rung and nobody has gone back from it and forward again: a script may have been stopped in between. */
export async function isToBeRehearsed(
  context: StackContext,
  capability: string,
  percentage: number,
): Promise<boolean> {
  const { state } = await standingOf(context, capability);
  return state.intent?.percentage === percentage && !isRehearsed(state.entries, capability, percentage);
}

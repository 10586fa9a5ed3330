import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { capabilityOf, type StackContext } from "../commands/context.ts";
import { fillCopy } from "../gate/fill-copy.ts";
import { handedOver } from "../gate/handed-over.ts";
import { takeNext } from "../gate/next.ts";
import { mustBeProved } from "../gate/prove.ts";
import { rollBack } from "../gate/rollback.ts";
import { standingOf } from "../gate/standing.ts";
import { isTaken, isToBeRehearsed, proveAndTake } from "./steps.ts";
import { whileBuying } from "./while-buying.ts";

/** How a lesson walks a capability whose data moves with its writes. */
export interface OwnedWalk {
  readonly capability: string;
  /** As titles begin: `03 — Orders`. */
  readonly lesson: string;
  /** Whose share a rung is. */
  readonly of: string;
  /** What a row of its copy is called, and what is expected of the copy. */
  readonly rows: string;
  readonly expectedOfCopy: string;
  /** The rung after which the way out is rehearsed. */
  readonly rehearsedAt: number;
  /** What is shown before the rehearsal. */
  readonly beforeRehearsal?: (context: StackContext) => Promise<void>;
}

/** In words for the closing table, behind the capability's name. */
const during = (walk: OwnedWalk, what: string) => `${walk.capability}: ${what}`;

/** To be asked before anything is changed or begun. @throws BYN-CLI-008 when the flag was moved up by hand */
export async function mustBeWalkable(context: StackContext, { capability }: OwnedWalk): Promise<void> {
  mustBeProved(await standingOf(context, capability));
}

/** Fills the copy while people buy, proves it, takes the step. */
export async function syncWhileBuying(context: StackContext, walk: OwnedWalk): Promise<void> {
  const { screen, signal } = context;
  const { capability } = walk;
  screen.title(`${walk.lesson}: a copy that follows`);
  if (await isTaken(context, capability, "sync", 0)) {
    screen.good("the copy is filled and follows: taken already");
    return;
  }
  screen.say(
    `  Expected: ${walk.expectedOfCopy}, 0 of 100 slots different, filled while people buy (two more slots are for rehearsals, and empty).`,
  );
  await whileBuying(context, during(walk, "back-fill"), async () => {
    const filled = await fillCopy(context, capability, undefined);
    signal.throwIfAborted();
    screen.good(`${filled.filled} slots filled with ${filled.rows} ${walk.rows}`);
    await proveAndTake(context, capability, []);
  });
}

/** Rung after rung while people buy, each behind its verdict, with the way out rehearsed once. */
export async function climbWhileBuying(context: StackContext, walk: OwnedWalk): Promise<void> {
  const { screen } = context;
  const { capability } = walk;
  const { ladder } = capabilityOf(context, capability);
  for (const [index, percentage] of ladder.entries()) {
    if (await hasArrived(context, capability, percentage)) {
      screen.good(`${capability} ${percentage} %: taken already`);
    } else {
      screen.title(`${walk.lesson}: ${percentage} % of the ${walk.of}`);
      screen.say("  Expected before measuring:");
      screen.say("  · both sides hold the same before the step: 0 of 100 slots different");
      screen.say("  · people buy all the while: 0 orders lost, 0 doubled, every card charged once");
      await whileBuying(context, during(walk, `${percentage} %`), () =>
        proveAndTake(context, capability, []),
      );
    }
    if (percentage === walk.rehearsedAt && (await isToBeRehearsed(context, capability, percentage))) {
      await rehearse(context, walk, ladder[index - 1] ?? 0);
    }
  }
}

/**
 * True when the rung is taken. A script that was stopped on the way to it has moved the flag, and the controller goes on by
 * itself: so at the rung where the flag stands the slots are waited for. @throws BYN-CLI-042
 */
async function hasArrived(context: StackContext, capability: string, percentage: number): Promise<boolean> {
  if (!(await isTaken(context, capability, "ramp", percentage))) return false;
  const { state } = await standingOf(context, capability);
  if (state.intent?.percentage === percentage) await handedOver(context, capability, percentage);
  return true;
}

/** Back and forward again under load: the same handover the other way. */
async function rehearse(context: StackContext, walk: OwnedWalk, before: number): Promise<void> {
  const { screen } = context;
  const { capability } = walk;
  screen.title(`${walk.lesson}: the way out, rehearsed`);
  await walk.beforeRehearsal?.(context);
  await whileBuying(context, during(walk, `back to ${before} %, and forward`), async () => {
    const why = "rehearsal of the way out";
    const back = await rollBack(context, capability, { to: before, rehearsal: true, why });
    screen.good(
      `back at ${back.to} % after ${seconds(back.arrivedAfterMs)}, with all that was written since`,
    );
    const forward = await takeNext(context, capability);
    screen.good(`${stepTitle(forward.step)} again after ${seconds(forward.arrivedAfterMs ?? 0)}`);
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

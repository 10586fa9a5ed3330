import { waitFor } from "../stack/condition.ts";
import type { Mover } from "./mover.ts";
import { isAtRest, whatMoves } from "./rest.ts";
import { CAPABILITIES, type Sides } from "./sides.ts";
import type { Stage } from "./stage.ts";
import type { Writers } from "./writers.ts";

/** Bounds for what hangs: two cores may have other things to do. */
const FINISH_MS = 180_000;
const REST_MS = 300_000;
/** When something hangs already there will be no rest; what is about to end still may. */
const HUNG_REST_MS = 30_000;

/**
 * Lets everyone finish what is in hand, brings every slot to the extracted side, and waits until nothing moves. What hangs is
 * left behind, so that the checker runs in any case. Answers what that was, in words.
 */
export async function settle(
  { context: { screen, signal }, relays }: Stage,
  { mover, writers, sides }: { readonly mover: Mover; readonly writers: Writers; readonly sides: Sides },
): Promise<readonly string[]> {
  const hung: string[] = [];
  const ended = async (what: string, work: Promise<unknown>) => {
    const why = await whyNotIn(FINISH_MS, work, signal);
    if (why === undefined) return;
    hung.push(`${what}: ${why}`);
    screen.bad(`waited in vain for ${what}: ${why}`);
  };
  await ended("the flags to stand still", mover.stop());
  for (const relay of Object.values(relays)) relay.spare();
  await ended("everyone to finish what is in hand", writers.stop());
  await writers.abort();
  for (const capability of CAPABILITIES)
    await ended(`every slot of ${capability} to come to the extracted side`, toExtracted(mover, capability));
  const rest = () => isAtRest(sides);
  if (!(await waitFor(rest, { withinMs: hung.length > 0 ? HUNG_REST_MS : REST_MS, everyMs: 250, signal }))) {
    const moves = await whatMoves(sides);
    hung.push(`rest: ${moves}`);
    screen.bad(`it does not come to rest: ${moves}`);
  }
  return hung;
}

async function toExtracted(mover: Mover, capability: (typeof CAPABILITIES)[number]): Promise<void> {
  const moving = await mover.take();
  try {
    await moving.move(capability, 100);
  } finally {
    moving.end();
  }
}

/** Why the work did not come to its end; undefined when it did. */
async function whyNotIn(
  withinMs: number,
  work: Promise<unknown>,
  signal: AbortSignal,
): Promise<string | undefined> {
  let end: { readonly why: string | undefined } | undefined;
  work.then(
    () => {
      end = { why: undefined };
    },
    (error: unknown) => {
      end = { why: error instanceof Error ? error.message : String(error) };
    },
  );
  if (await waitFor(async () => end !== undefined, { withinMs, everyMs: 50, signal })) return end?.why;
  return `not within ${withinMs / 1_000} s`;
}

// 03 — Orders: they move out with their data, slot by slot, while people buy.
//
// Traffic is the easy half of a migration. Orders write, so before any request may go elsewhere three things must be true.
// First, a checkout must not wait for strangers with a lock in its hand: mail and card leave its transaction, and what is
// left is a saga (docs/decisions/0014). Second, the copy is filled, follows, and is equal. Third, one side owns each slot,
// never two; a slot moves by a marker in its owner's own log, so the side that gets it has every write before it
// (docs/handover.md). Then 10 → 50 → 100 % of the customers, and on the way one rollback, with people buying all the time:
// no order may be lost, none doubled, no card charged twice.
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { capabilityOf, type StackContext, stackContext } from "./commands/context.ts";
import { fillCopy } from "./gate/fill-copy.ts";
import { takeNext } from "./gate/next.ts";
import { rollBack } from "./gate/rollback.ts";
import { measureCheckouts, showCheckouts } from "./lesson/checkouts.ts";
import { cutAndRetry } from "./lesson/cut-and-retry.ts";
import { runScript } from "./lesson/script.ts";
import { isTaken, proveAndTake } from "./lesson/steps.ts";
import { showOrderLadder, whileBuying } from "./lesson/while-buying.ts";
import { startOwned } from "./stack/owned.ts";

const ORDERS = "orders";
/** Where the way out is rehearsed, with people buying. */
const REHEARSED_AT = 50;

export async function orders(before: StackContext): Promise<void> {
  await refactor(before);
  // What `up` settled is not what it was: orders and stock have owners now.
  const context = await stackContext(before);
  const { screen } = context;
  await sync(context);
  for (const percentage of capabilityOf(context, ORDERS).ladder) {
    if (await isTaken(context, ORDERS, "ramp", percentage)) {
      screen.good(`${ORDERS} ${percentage} %: taken already`);
      continue;
    }
    screen.title(`03 — Orders: ${percentage} % of the customers`);
    screen.say("  Expected before measuring:");
    screen.say("  · both sides hold the same before the step: 0 of 100 slots different");
    screen.say("  · people buy all the while: 0 orders lost, 0 doubled, every card charged once");
    await whileBuying(context, `${percentage} %`, () => proveAndTake(context, ORDERS, []));
    if (percentage === REHEARSED_AT) await rehearse(context);
  }
  await cutAndRetry(context);
  await showOrderLadder(context);
  screen.next("npm run 04-inventory", "the stock follows the orders");
}

/** The first change moves nothing: the same shop, with the network out of its transactions. */
async function refactor(context: StackContext): Promise<void> {
  const { screen } = context;
  screen.title("03 — Orders: the checkout lets go of the card and the mail");
  if (context.state.owned) {
    screen.good("the monolith's checkout is a saga already");
    return;
  }
  screen.say("  Expected before measuring:");
  screen.say(
    "  · no transaction waits for a stranger any more: its longest one is shorter than before, at p95",
  );
  screen.say(
    "  · the customer pays for that with requests between services and more commits: p50 at most × 4",
  );
  const before = await measureCheckouts(context, "as it was in 2015");
  await startOwned(context);
  screen.good("the monolith was deployed anew; orders, inventory, their workers and the controller run");
  const after = await measureCheckouts(context, "with the network outside");
  showCheckouts(context, [before, after]);
}

async function sync(context: StackContext): Promise<void> {
  const { screen, signal } = context;
  screen.title("03 — Orders: a copy that follows");
  if (await isTaken(context, ORDERS, "sync", 0)) {
    screen.good("the copy is filled and follows: taken already");
    return;
  }
  screen.say(
    "  Expected: every order of the shop in the copy, 0 of 100 slots different, filled while people buy.",
  );
  await whileBuying(context, "back-fill", async () => {
    const filled = await fillCopy(context, ORDERS, undefined);
    signal.throwIfAborted();
    screen.good(`${filled.filled} slots filled with ${filled.rows} orders`);
    await proveAndTake(context, ORDERS, []);
  });
}

/** Back and forward again under load: the same handover the other way. */
async function rehearse(context: StackContext): Promise<void> {
  const { screen } = context;
  const { ladder } = capabilityOf(context, ORDERS);
  const before = ladder[ladder.indexOf(REHEARSED_AT) - 1] ?? 0;
  screen.title("03 — Orders: the way out, rehearsed");
  await whileBuying(context, `back to ${before} %, and forward`, async () => {
    const why = "rehearsal of the way out";
    const back = await rollBack(context, ORDERS, { to: before, rehearsal: true, why });
    screen.good(
      `back at ${back.to} % after ${(back.arrivedAfterMs / 1_000).toFixed(1)} s, with all that was written since`,
    );
    const forward = await takeNext(context, ORDERS);
    screen.good(
      `${stepTitle(forward.step)} again after ${((forward.arrivedAfterMs ?? 0) / 1_000).toFixed(1)} s`,
    );
  });
}

if (process.argv[1] === import.meta.filename) await runScript(orders);

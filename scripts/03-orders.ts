// 03 — Orders: they move out with their data, slot by slot, while people buy.
//
// Traffic is the easy half of a migration. Orders write, so before any request may go elsewhere three things must be true.
// First, a checkout must not wait for strangers with a lock in its hand: mail and card leave its transaction, and what is
// left is a saga (docs/decisions/0014). Second, the copy is filled, follows, and is equal. Third, one side owns each slot,
// never two; a slot moves by a marker in its owner's own log, so the side that gets it has every write before it
// (docs/handover.md). Then 10 → 50 → 100 % of the customers, and on the way one rollback, with people buying all the time:
// no order may be lost, none doubled, no card charged twice.
import { type StackContext, stackContext } from "./commands/context.ts";
import { measureCheckouts, showCheckouts } from "./lesson/checkouts.ts";
import { cutAndRetry } from "./lesson/cut-and-retry.ts";
import { climbWhileBuying, mustBeWalkable, type OwnedWalk, syncWhileBuying } from "./lesson/owned-walk.ts";
import { runScript } from "./lesson/script.ts";
import { pagesThroughProxy } from "./lesson/storefront.ts";
import { showOrderLadder } from "./lesson/while-buying.ts";
import { startOwned } from "./stack/owned.ts";

const ORDERS: OwnedWalk = {
  capability: "orders",
  lesson: "03 — Orders",
  of: "customers",
  rows: "orders",
  expectedOfCopy: "every order of the shop in the copy",
  rehearsedAt: 50,
};

export async function orders(before: StackContext): Promise<void> {
  await mustBeWalkable(before, ORDERS);
  // As 01 left it, or now: pages and sagas that asked the monolith itself would meet its 421 once slots move.
  await pagesThroughProxy(before);
  await refactor(before);
  // What `up` settled is not what it was: orders and stock have owners now.
  const context = await stackContext(before);
  await syncWhileBuying(context, ORDERS);
  await climbWhileBuying(context, ORDERS);
  await cutAndRetry(context);
  showOrderLadder(context);
  context.screen.next("npm run 04-inventory", "the stock follows the orders");
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

if (process.argv[1] === import.meta.filename) await runScript(orders, ORDERS.capability);

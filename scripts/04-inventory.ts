// 04 — Inventory: the stock follows the orders, by its own key.
//
// Orders moved by customer; stock moves by product. So one checkout may reserve at both sides: a line whose SKU has moved at
// the extracted inventory, another at the monolith's. That is why a reservation was made a request of its own before anything
// moved: it goes to whoever owns its SKU, under an id, and may be repeated. Inventory comes after orders
// (`dependsOn: { orders: live }`), and goes back before them.
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { capabilityOf, type StackContext, stackContext } from "./commands/context.ts";
import { fillCopy } from "./gate/fill-copy.ts";
import { takeNext } from "./gate/next.ts";
import { rollBack } from "./gate/rollback.ts";
import { runScript } from "./lesson/script.ts";
import { isTaken, proveAndTake } from "./lesson/steps.ts";
import { showOrderLadder, whileBuying } from "./lesson/while-buying.ts";
import { startOwned } from "./stack/owned.ts";

const INVENTORY = "inventory";
const REHEARSED_AT = 50;

export async function inventory(before: StackContext): Promise<void> {
  if (!before.state.owned) await startOwned(before);
  const context = await stackContext(before);
  const { screen, signal } = context;
  screen.title("04 — Inventory: a copy that follows");
  if (await isTaken(context, INVENTORY, "sync", 0))
    screen.good("the copy is filled and follows: taken already");
  else {
    screen.say(
      "  Expected: the stock of every product in the copy, 0 of 100 slots different, filled while people buy.",
    );
    await whileBuying(context, "inventory's back-fill", async () => {
      const filled = await fillCopy(context, INVENTORY, undefined);
      signal.throwIfAborted();
      screen.good(`${filled.filled} slots filled with ${filled.rows} rows`);
      await proveAndTake(context, INVENTORY, []);
    });
  }
  for (const percentage of capabilityOf(context, INVENTORY).ladder) {
    if (await isTaken(context, INVENTORY, "ramp", percentage)) {
      screen.good(`${INVENTORY} ${percentage} %: taken already`);
      continue;
    }
    screen.title(`04 — Inventory: ${percentage} % of the products`);
    screen.say(
      "  Expected: both sides hold the same before the step; people buy all the while, nothing lost or doubled.",
    );
    await whileBuying(context, `inventory ${percentage} %`, () => proveAndTake(context, INVENTORY, []));
    if (percentage === REHEARSED_AT) await rehearse(context);
  }
  showOrderLadder(context);
  screen.next("npm run banyan -- report", "all of it on one page");
}

/** Back and forward under load; and the order of the way back, which is refused the wrong way round. */
async function rehearse(context: StackContext): Promise<void> {
  const { screen } = context;
  const { ladder } = capabilityOf(context, INVENTORY);
  const before = ladder[ladder.indexOf(REHEARSED_AT) - 1] ?? 0;
  screen.title("04 — Inventory: the way out, rehearsed");
  const why = "rehearsal of the way out";
  const refused = await rollBack(context, "orders", { to: 0, rehearsal: true, why }).catch(
    (error: unknown) => error,
  );
  if (!(refused instanceof BanyanError) || refused.code !== "BYN-CLI-041") throw refused;
  screen.good(`orders do not go back before inventory: ${refused.code} ${refused.detail}`);
  await whileBuying(context, `inventory back to ${before} %, and forward`, async () => {
    const back = await rollBack(context, INVENTORY, { to: before, rehearsal: true, why });
    screen.good(
      `back at ${back.to} % after ${(back.arrivedAfterMs / 1_000).toFixed(1)} s, with all that was written since`,
    );
    const forward = await takeNext(context, INVENTORY);
    screen.good(
      `${stepTitle(forward.step)} again after ${((forward.arrivedAfterMs ?? 0) / 1_000).toFixed(1)} s`,
    );
  });
}

if (process.argv[1] === import.meta.filename) await runScript(inventory);

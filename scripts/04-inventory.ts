// 04 — Inventory: the stock follows the orders, by its own key.
//
// Orders moved by customer; stock moves by product. So one checkout may reserve at both sides: a line whose SKU has moved at
// the extracted inventory, another at the monolith's. That is why a reservation was made a request of its own before anything
// moved: it goes to whoever owns its SKU, under an id, and may be repeated. Inventory comes after orders
// (`dependsOn: { orders: live }`), and goes back before them.
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type StackContext, stackContext } from "./commands/context.ts";
import { mustDependOnLive } from "./gate/depends-on.ts";
import { rollBack } from "./gate/rollback.ts";
import { climbWhileBuying, mustBeWalkable, type OwnedWalk, syncWhileBuying } from "./lesson/owned-walk.ts";
import { runScript } from "./lesson/script.ts";
import { pagesThroughProxy } from "./lesson/storefront.ts";
import { showOrderLadder } from "./lesson/while-buying.ts";

const INVENTORY: OwnedWalk = {
  capability: "inventory",
  lesson: "04 — Inventory",
  of: "products",
  rows: "rows",
  expectedOfCopy: "the stock of every product in the copy",
  rehearsedAt: 50,
  beforeRehearsal: ordersStay,
};

export async function inventory(before: StackContext): Promise<void> {
  // As 03 left it.
  const context = await stackContext(before);
  // Before anything starts: what people buy meanwhile could not be counted at a side whose orders were never filled.
  await mustDependOnLive(context, INVENTORY.capability);
  await mustBeWalkable(context, INVENTORY);
  await pagesThroughProxy(context);
  await syncWhileBuying(context, INVENTORY);
  await climbWhileBuying(context, INVENTORY);
  showOrderLadder(context);
  context.screen.next("npm run banyan -- report", "all of it on one page");
}

/** The order of the way back: orders are refused it while inventory is at the extracted side. */
async function ordersStay(context: StackContext): Promise<void> {
  const asked = { to: 0, rehearsal: true, why: "rehearsal of the way out" };
  const refused = await rollBack(context, "orders", asked).catch((error: unknown) => error);
  if (!(refused instanceof BanyanError) || refused.code !== "BYN-CLI-041") throw refused;
  context.screen.good(`orders do not go back before inventory: ${refused.code} ${refused.detail}`);
}

if (process.argv[1] === import.meta.filename) await runScript(inventory, INVENTORY.capability);

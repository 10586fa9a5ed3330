import { signInAll } from "@banyan/loadtests/runner/sessions.ts";
import { openAsker, openTarget } from "@banyan/loadtests/runner/target.ts";
import { learnWorld } from "@banyan/loadtests/runner/world.ts";
import type { StackContext } from "../commands/context.ts";
import { type Bought, Buyer } from "./buyer.ts";
import { demoCustomers } from "./demo-customers.ts";

/** People who buy while slots move; each sends the same again under its key until it is answered. */
export interface Buyers {
  /** Lets everyone finish what is in hand, and answers all that was bought. */
  stop(): Promise<readonly Bought[]>;
  readonly first: Buyer;
  readonly wares: readonly string[];
}

const BUYERS = 4;
const THINK_MS = 400;
const REQUEST_TIMEOUT_MS = 12_000;
const TRIES = 20;

/** Signs the demo's customers in, through the proxy, and lets them buy until they are stopped. */
export async function startBuyers(context: StackContext, count = BUYERS): Promise<Buyers> {
  const { addresses, signal } = context;
  const asker = openAsker(await openTarget(addresses.proxy, []), {});
  try {
    const world = await learnWorld(asker.ask);
    const sessions = await signInAll(asker, demoCustomers(count), signal);
    const people = sessions.map(
      (session) =>
        new Buyer({ url: addresses.proxy, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: TRIES }),
    );
    const [first] = people;
    if (first === undefined) throw new Error("nobody to buy anything");
    let stopping = false;
    const bought: Bought[] = [];
    const shopping = people.map(async (buyer, n) => {
      for (let turn = 0; !stopping && !signal.aborted; turn++) {
        const sku = world.wares[(n * 37 + turn * 11) % world.wares.length] ?? "";
        try {
          await buyer.fillCart(sku);
        } catch {
          // The cart's own trouble: nothing was bought, so nothing can be lost.
          await pause();
          continue;
        }
        bought.push(await buyer.checkOut());
        await pause();
      }
    });
    return {
      first,
      wares: world.wares,
      stop: async () => {
        stopping = true;
        await Promise.all(shopping);
        return bought;
      },
    };
  } finally {
    asker.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, THINK_MS));
}

import type { StackContext } from "../commands/context.ts";
import { type Bought, Buyer } from "./buyer.ts";
import { demoCustomers } from "./demo-customers.ts";
import { signedIn } from "./signed-in.ts";

/** People who buy while slots move; each sends the same again under its key until it is answered. */
export interface Buyers {
  readonly customerIds: readonly string[];
  /** Nothing of theirs is from before. */
  readonly began: Date;
  /** Lets everyone finish what is in hand, and answers all that was bought. */
  stop(): Promise<readonly Bought[]>;
}

const BUYERS = 4;
const THINK_MS = 400;
const REQUEST_TIMEOUT_MS = 12_000;
const TRIES = 20;

/** Signs the demo's customers in, through the proxy, and lets them buy until they are stopped. */
export async function startBuyers({ addresses, signal }: StackContext): Promise<Buyers> {
  const customers = demoCustomers(BUYERS);
  const { sessions, wares } = await signedIn(addresses.proxy, customers, signal);
  const began = new Date();
  let stopping = false;
  const bought: Bought[] = [];
  const shopping = sessions.map(async (session, n) => {
    const url = addresses.proxy;
    const buyer = new Buyer({ url, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: TRIES });
    for (let turn = 0; !stopping && !signal.aborted; turn++) {
      const sku = wares[(n * 37 + turn * 11) % wares.length] ?? "";
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
    customerIds: customers.ids,
    began,
    stop: async () => {
      stopping = true;
      await Promise.all(shopping);
      return bought;
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, THINK_MS));
}

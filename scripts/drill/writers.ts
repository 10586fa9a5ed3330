import type { BareContext } from "../commands/context.ts";
import { DEMO_ADMIN, demoCustomers } from "../lesson/demo-customers.ts";
import { signedIn } from "../lesson/signed-in.ts";
import { count } from "./counter.ts";
import { Dice } from "./dice.ts";
import type { Journal } from "./journal.ts";
import { restock } from "./restocker.ts";
import { shop } from "./shopper.ts";

export interface Writers {
  /** Lets everyone finish what is in hand. */
  stop(): Promise<void>;
  /** Gives up what is in hand. */
  abort(): Promise<void>;
}

const SHOPPERS = 6;
const COUNTERS = 2;
/** Few, so that they meet at the same stock. */
const WARES = 24;
/** Of what people buy: never more than a few pieces of each, so that some checkouts are refused for want of stock. */
const SCARCE = 4;

/** Signs everyone in, through the proxy, and lets them write until they are stopped. */
export async function startWriters(
  { addresses, signal }: BareContext,
  seed: number,
  journal: Journal,
): Promise<Writers> {
  const shoppers = demoCustomers(SHOPPERS);
  const everyone = { ...shoppers, emails: [...shoppers.emails, ...DEMO_ADMIN.emails] };
  const sold = await signedIn(addresses.proxy, everyone, signal);
  const sessions = sold.sessions.slice(0, SHOPPERS);
  const admin = sold.sessions.at(-1) ?? "";
  const wares = sold.wares.slice(0, WARES);
  const counted = sold.wares.slice(WARES);
  const scarce = new Dice(seed, "scarce").shuffled(wares).slice(0, SCARCE);
  const leaving = new AbortController();
  const left = AbortSignal.any([leaving.signal, signal]);
  let ended = false;
  const stopping = () => ended || left.aborted;
  const common = { url: addresses.proxy, journal, stopping, signal: left };
  const all = [
    ...sessions.map((session, n) =>
      shop({ ...common, session, wares, dice: new Dice(seed, `shopper ${n}`) }),
    ),
    ...Array.from({ length: COUNTERS }, (_, n) =>
      count({
        ...common,
        session: admin,
        skus: counted.filter((_sku, at) => at % COUNTERS === n),
        dice: new Dice(seed, `counter ${n}`),
      }),
    ),
    restock({ ...common, session: admin, skus: scarce, dice: new Dice(seed, "restocker") }),
  ];
  return {
    stop: async () => {
      ended = true;
      await Promise.all(all);
    },
    abort: async () => {
      leaving.abort();
      await Promise.all(all);
    },
  };
}

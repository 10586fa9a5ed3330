import { signInAll } from "@banyan/loadtests/runner/sessions.ts";
import { openAsker, openTarget } from "@banyan/loadtests/runner/target.ts";
import { learnWorld } from "@banyan/loadtests/runner/world.ts";
import type { BareContext } from "../commands/context.ts";
import { DEMO_ADMIN, demoCustomers } from "../lesson/demo-customers.ts";
import { count } from "./counter.ts";
import { Dice } from "./dice.ts";
import type { Journal } from "./journal.ts";
import { shop } from "./shopper.ts";

export interface Writers {
  /** What people buy; the drill counts their pieces. */
  readonly wares: readonly string[];
  /** Lets everyone finish what is in hand. */
  stop(): Promise<void>;
  /** Gives up what is in hand. */
  abort(): Promise<void>;
}

const SHOPPERS = 6;
const COUNTERS = 2;
/** Few, so that they meet at the same stock. */
const WARES = 24;

/** Signs everyone in, through the proxy, and lets them write until they are stopped. */
export async function startWriters(
  { addresses, signal }: BareContext,
  seed: number,
  journal: Journal,
): Promise<Writers> {
  const asker = openAsker(await openTarget(addresses.proxy, []), {});
  try {
    const world = await learnWorld(asker.ask);
    const sessions = await signInAll(asker, demoCustomers(SHOPPERS), signal);
    const [admin = ""] = await signInAll(asker, DEMO_ADMIN, signal);
    const wares = world.wares.slice(0, WARES);
    const counted = world.wares.slice(WARES);
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
    ];
    return {
      wares,
      stop: async () => {
        ended = true;
        await Promise.all(all);
      },
      abort: async () => {
        leaving.abort();
        await Promise.all(all);
      },
    };
  } finally {
    asker.close();
  }
}

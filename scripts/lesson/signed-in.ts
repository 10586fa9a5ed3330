import { type Accounts, signInAll } from "@banyan/loadtests/runner/sessions.ts";
import { openAsker, openTarget } from "@banyan/loadtests/runner/target.ts";
import { learnWorld } from "@banyan/loadtests/runner/world.ts";

export interface SignedIn {
  /** Session cookies' values, secrets, in the accounts' order. */
  readonly sessions: readonly string[];
  /** SKUs that are for sale and in stock, by popularity. */
  readonly wares: readonly string[];
}

/** What people need to buy something at `url`: a session each, and what there is to buy. */
export async function signedIn(url: string, accounts: Accounts, signal: AbortSignal): Promise<SignedIn> {
  const asker = openAsker(await openTarget(url, []), {});
  try {
    const { wares } = await learnWorld(asker.ask);
    return { wares, sessions: await signInAll(asker, accounts, signal) };
  } finally {
    asker.close();
  }
}

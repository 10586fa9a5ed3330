import type { IncomingMessage } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  MISDIRECTED_HEADER,
  type MisdirectedAnswer,
  readMisdirected,
} from "@banyan/contracts/http/misdirected.ts";

/** What an answer says if it is a 421 of ours. */
export function misdirectedOf({ statusCode, headers }: IncomingMessage): MisdirectedAnswer | undefined {
  return statusCode === 421 ? readMisdirected(headers[MISDIRECTED_HEADER]) : undefined;
}

/**
 * For a 421 of ours on a request that is not repeated: of a capability that is not owned, or not this one, of a stale
 * read, of an upgrade. A bare 421 would not do: browsers and `fetch` send anew after one, writes too (Fetch, HTTP-network
 * fetch).
 */
export function misplaced({ capability, slot, epoch }: MisdirectedAnswer): BanyanError {
  return new BanyanError(
    "BYN-PROXY-033",
    `the upstream answered that it does not own slot ${slot} of ${capability} (epoch ${epoch})`,
  );
}

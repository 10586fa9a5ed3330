import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CustomerId, Role } from "@banyan/contracts/http/customers.ts";
import { tokenKeys } from "@banyan/platform/identity/token-keys.ts";
import { tokenVerifier } from "@banyan/platform/identity/token-verifier.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { z } from "zod";
import { cookieOf } from "./cookie.ts";

const COOKIE = "session";
const RULES = { algorithms: ["EdDSA"], audience: "shop" } as const;
const FETCH_MS = 2_000;

/** A token without an end would be good for ever. */
const Claims = z.object({ sub: CustomerId, role: Role, exp: z.number() });

/** Who a session token speaks for. */
export interface Session {
  readonly customerId: string;
  readonly role: Role;
}

export interface Sessions {
  /**
   * The session that a request's `Cookie` header proves.
   * @throws BYN-SHOP-005 when there is none that is valid; BYN-SHOP-004 while the keys could never be fetched
   */
  of(cookies: string | undefined): Promise<Session>;
}

export interface PublishedSessionsOptions {
  /** Where the monolith publishes its public keys (RFC 7517). */
  readonly url: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The monolith's sessions, checked with its published keys: it is never asked who someone is. */
export function publishedSessions({ url, log, now }: PublishedSessionsOptions): Sessions {
  let keys: "not asked for" | "there" | "missing" = "not asked for";
  const keySet = tokenKeys({
    url,
    fetchJson: async (from) => {
      const fetched = await fetchJson(from);
      keys = "there";
      return fetched;
    },
    nowMs: now,
    onFailure: (error) => {
      if (keys !== "there") keys = "missing";
      log.warn({ code: error.code, err: error.cause }, error.detail);
    },
  });
  const verify = tokenVerifier(keySet, RULES, now);
  return {
    of: async (cookies) => {
      const token = cookieOf(cookies, COOKIE);
      const claims = Claims.safeParse(token === undefined ? undefined : await verify(token));
      if (claims.success) return { customerId: claims.data.sub, role: claims.data.role };
      // A 401 would sign people out, of whom nothing is known.
      if (token !== undefined && keys === "missing") {
        throw new BanyanError(
          "BYN-SHOP-004",
          "the keys that sessions are checked with could not be fetched yet",
        );
      }
      throw new BanyanError("BYN-SHOP-005", "there is no valid session");
    },
  };
}

async function fetchJson(url: string): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: "error" });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return await answer.json();
}

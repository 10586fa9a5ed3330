import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

export interface TokenKeysOptions {
  readonly url: string;
  /** Answers the key set's JSON; rejects when the endpoint is away. Passed in so that tests need no network. */
  readonly fetchJson: (url: string) => Promise<unknown>;
  readonly nowMs: () => number;
  /** Called with BYN-PROXY-025 once for each failed fetch. */
  readonly onFailure: (error: BanyanError) => void;
}

/** At most one fetch in this time, whether it failed or not: an unknown `kid` is anybody's to send. */
const COOL_DOWN_MS = 30_000;
/** Keys older than this are fetched anew in the background, so that a withdrawn key goes away. */
const FRESH_MS = 600_000;

/**
 * The issuer's published keys (RFC 7517), for `jwtVerify`. Known keys stay in use while the endpoint is away;
 * rotation is found by an unknown `kid`.
 */
export function tokenKeys(options: TokenKeysOptions): JWTVerifyGetKey {
  let known: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let attemptedAtMs = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    try {
      known = createLocalJWKSet((await options.fetchJson(options.url)) as JSONWebKeySet);
      fetchedAtMs = options.nowMs();
    } catch (cause) {
      options.onFailure(new BanyanError("BYN-PROXY-025", "the token keys were not fetched", { cause }));
    }
  }

  function refresh(): Promise<void> {
    if (pending !== undefined) return pending;
    if (options.nowMs() - attemptedAtMs < COOL_DOWN_MS) return Promise.resolve();
    attemptedAtMs = options.nowMs();
    pending = fetchKeys().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  return async (header, token) => {
    if (known === undefined) await refresh();
    else if (options.nowMs() - fetchedAtMs > FRESH_MS) void refresh();
    try {
      return await lookUp(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return await lookUp(header, token);
    }
  };

  function lookUp(...[header, token]: Parameters<JWTVerifyGetKey>) {
    if (known === undefined) throw new errors.JWKSNoMatchingKey("no keys yet");
    return known(header, token);
  }
}

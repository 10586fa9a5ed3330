import { tokenKeys } from "@banyan/platform/identity/token-keys.ts";
import { type Claims, tokenVerifier } from "@banyan/platform/identity/token-verifier.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { JwksSettings } from "@banyan/platform/settings/settings.ts";

export type VerifyToken = (token: string) => Claims | undefined | Promise<Claims | undefined>;

const FETCH_MS = 2_000;

/** The verifier for `jwks` of banyan.yaml, over the network. */
export function tokensOf(jwks: JwksSettings, nowMs: () => number, log: Log): VerifyToken {
  const keys = tokenKeys({
    url: jwks.url,
    fetchJson,
    nowMs,
    onFailure: (error) => log.warn({ code: error.code, err: error.cause }, error.detail),
  });
  return tokenVerifier(keys, jwks, nowMs);
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: "error" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.json();
}

import type { IncomingMessage } from "node:http";
import type { IdentitySource } from "@banyan/platform/settings/settings.ts";
import { tokenOf } from "./identifier.ts";
import { usableKey } from "./identity.ts";
import type { VerifyToken } from "./tokens.ts";

/** A claim by its name, whoever the request's identity is: another source may stand before the token in the file. */
export type ClaimReader = (request: IncomingMessage, claim: string) => Promise<string | undefined>;

/** Of the tokens that `sources` name for that claim, the first that is valid and has it. */
export function claimReader(
  sources: readonly IdentitySource[],
  verify: VerifyToken | undefined,
): ClaimReader {
  return async (request, claim) => {
    for (const source of sources) {
      if (!("claim" in source) || source.claim !== claim) continue;
      const token = tokenOf(source, request);
      const claims = token === undefined ? undefined : await verify?.(token);
      const key = usableKey(claims?.[claim]);
      if (key !== undefined) return key;
    }
    return undefined;
  };
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Customer, CustomerId, Role } from "@banyan/contracts/http/customers.ts";
import { calculateJwkThumbprint, errors, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { z } from "zod";

export const SESSION_S = 12 * 60 * 60;
const ALGORITHM = "EdDSA";
const AUDIENCE = "shop";

/** Who a session token speaks for. */
export interface Session {
  /** The customer's id: the token's `sub`. */
  readonly customerId: string;
  readonly role: Role;
}

export interface Sessions {
  /** A token of 12 hours (`sub`, `role`, `aud`, `iat`, `exp`; `kid` in its header). */
  issue(customer: Customer): Promise<string>;
  /** The session of a token, or undefined if it is not ours, not for us, changed or expired. */
  read(token: string): Promise<Session | undefined>;
  /** The public keys that tokens are checked with (RFC 7517 §5). */
  readonly keySet: { readonly keys: readonly JWK[] };
}

/** The private Ed25519 key of an install (RFC 8037 §2). `kid` may be left out: it is then the key's thumbprint. */
const PrivateKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1).max(100).optional(),
});

const Claims = z.object({ sub: CustomerId, role: Role });

/**
 * Sessions signed with the private JWK in `sessionKey` (JSON). `now` gives milliseconds since the epoch. A key that
 * can't be used is BYN-CONFIG-001; the key itself is never repeated.
 */
export async function createSessions(sessionKey: string, now: () => number): Promise<Sessions> {
  const { kid, publicJwk, privateKey, publicKey } = await keysOf(sessionKey);
  const nowS = () => Math.floor(now() / 1000);

  return {
    keySet: { keys: [publicJwk] },
    issue: ({ id, role }) =>
      new SignJWT({ role })
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .setSubject(id)
        .setAudience(AUDIENCE)
        .setIssuedAt(nowS())
        .setExpirationTime(nowS() + SESSION_S)
        .sign(privateKey),
    read: async (token) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          audience: AUDIENCE,
          requiredClaims: ["exp", "sub"],
          currentDate: new Date(now()),
        });
        const claims = Claims.safeParse(payload);
        return claims.success ? { customerId: claims.data.sub, role: claims.data.role } : undefined;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

async function keysOf(sessionKey: string) {
  try {
    const { d, kid: given, ...open } = PrivateKey.parse(JSON.parse(sessionKey));
    const kid = given ?? (await calculateJwkThumbprint(open));
    const publicJwk: JWK = { ...open, kid, alg: ALGORITHM, use: "sig" };
    const privateKey = await importJWK({ ...open, d }, ALGORITHM);
    return { kid, publicJwk, privateKey, publicKey: await importJWK(publicJwk, ALGORITHM) };
  } catch {
    // Without the cause: it may quote the key.
    throw new BanyanError("BYN-CONFIG-001", "SESSION_KEY is not a private Ed25519 JWK", {
      mistakes: [{ place: "SESSION_KEY", message: "is not a private Ed25519 JWK" }],
    });
  }
}

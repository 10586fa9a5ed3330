import { visitorCookies } from "@banyan/proxy/identify/visitor-cookie.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export interface Users {
  /** The `cookie` header of each: half are customers with a session token, half are visitors. */
  readonly cookies: readonly string[];
  /** What the upstream publishes, so that the proxy can check the tokens. */
  readonly jwks: { readonly keys: readonly object[] };
}

/** People who ask: made for one run, with keys that live as long as it does. */
export async function makeUsers(count: number, visitorKey: Buffer): Promise<Users> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const kid = "bench";
  const visitors = visitorCookies(visitorKey);
  const cookies = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      if (i % 2 === 1) return visitors.make(false).setCookie.split(";")[0] ?? "";
      const token = await new SignJWT({ role: "customer" })
        .setProtectedHeader({ alg: "EdDSA", kid })
        .setSubject(`customer-${i}`)
        .setAudience("shop")
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey);
      return `theme=light; session=${token}`;
    }),
  );
  return { cookies, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "EdDSA", use: "sig" }] } };
}

import { generateKeyPairSync, randomBytes } from "node:crypto";

/** 32 random bytes in base64url: nothing in it has to be quoted in an address. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** For a person to type. */
export function newPassword(): string {
  return randomBytes(12).toString("base64url");
}

/** 32 random bytes in hex, as Unleash's own tokens are. */
export function newToken(): string {
  return randomBytes(32).toString("hex");
}

/** The private Ed25519 key that signs sessions, as a JWK (RFC 8037 §2). */
export function newSessionKey(): Record<string, string> {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return {
    ...(jwk as Record<string, string>),
    kid: randomBytes(8).toString("hex"),
    alg: "EdDSA",
    use: "sig",
  };
}

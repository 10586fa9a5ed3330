import { createHash, randomBytes } from "node:crypto";
import type { CookieOptions, Request } from "express";
import { cookieOf } from "../customers/guards.ts";

export const CART_COOKIE = "cart";

const KEPT_MS = 30 * 86_400_000;
const SECRET_BYTES = 16;
const SHAPE = /^([0-9a-f-]{36})[.]([\w-]{22})$/;

/** A visitor's cart: its id, and the hash of the secret that proves whose it is. */
export interface VisitorKey {
  readonly cartId: string;
  readonly secretSha256: Uint8Array;
}

/** What the request's cookie names; undefined when there is none, or it is none of ours. */
export function visitorKeyOf(request: Request): VisitorKey | undefined {
  const [, cartId, secret] = SHAPE.exec(cookieOf(request.get("cookie") ?? "", CART_COOKIE) ?? "") ?? [];
  return cartId === undefined || secret === undefined ? undefined : { cartId, secretSha256: sha256(secret) };
}

/** A key for a new cart, with the cookie's value: 128 random bits, of which only the hash is stored. */
export function newVisitorKey(cartId: string): { readonly key: VisitorKey; readonly cookie: string } {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { key: { cartId, secretSha256: sha256(secret) }, cookie: `${cartId}.${secret}` };
}

/** `secure` follows how the request came in, as the session's does. */
export function cartCookieOptions(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: request.secure, maxAge: KEPT_MS };
}

/** A plain hash is enough: the secret has 128 bits, so there is nothing to guess from. */
function sha256(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

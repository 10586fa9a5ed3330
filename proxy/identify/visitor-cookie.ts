import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export const VISITOR_COOKIE = "banyan_visitor";
const YEAR_S = 31_536_000;
const SHAPE = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** The visitor's id out of the cookie's value, or undefined when this install did not sign it. */
export function readVisitor(value: string | undefined, key: Buffer): string | undefined {
  const [, id, signature] = SHAPE.exec(value ?? "") ?? [];
  if (id === undefined || signature === undefined) return undefined;
  return timingSafeEqual(Buffer.from(signature, "base64url"), mac(id, key)) ? id : undefined;
}

/** A new visitor: a random id and the cookie that brings it back. `secure` when the client speaks TLS to someone. */
export function newVisitor(
  key: Buffer,
  secure: boolean,
): { readonly id: string; readonly setCookie: string } {
  const id = randomBytes(16).toString("base64url");
  const attributes = `Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return { id, setCookie: `${VISITOR_COOKIE}=${id}.${mac(id, key).toString("base64url")}; ${attributes}` };
}

function mac(id: string, key: Buffer): Buffer {
  return createHmac("sha256", key).update(`visitor.${id}`).digest();
}

import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { TwoGenerations } from "@banyan/platform/identity/two-generations.ts";

export const VISITOR_COOKIE = "banyan_visitor";
const YEAR_S = 31_536_000;
const SHAPE = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Known cookies that are remembered; checking one anew costs as much as a third of forwarding a request. */
const MAX_KNOWN = 10_000;

export interface VisitorCookies {
  /** The visitor's id out of the cookie's value, or undefined when this install did not sign it. */
  read(value: string | undefined): string | undefined;
  /** A new visitor: a random id and the cookie that brings it back. `secure` when the client speaks TLS to someone. */
  make(secure: boolean): { readonly id: string; readonly setCookie: string };
}

export function visitorCookies(key: Buffer, maxKnown = MAX_KNOWN): VisitorCookies {
  const secret = createSecretKey(key);
  // By the whole value, so that a hit was verified before.
  const ids = new TwoGenerations<string>(maxKnown);

  return {
    read(value) {
      if (value === undefined) return undefined;
      const known = ids.get(value);
      if (known !== undefined) return known;
      const id = verified(value, secret);
      if (id !== undefined) ids.set(value, id);
      return id;
    },
    make(secure) {
      const id = randomBytes(16).toString("base64url");
      const attributes = `Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
      return {
        id,
        setCookie: `${VISITOR_COOKIE}=${id}.${mac(id, secret).toString("base64url")}; ${attributes}`,
      };
    },
  };
}

function verified(value: string, secret: KeyObject): string | undefined {
  const [, id, signature] = SHAPE.exec(value) ?? [];
  if (id === undefined || signature === undefined) return undefined;
  return timingSafeEqual(Buffer.from(signature, "base64url"), mac(id, secret)) ? id : undefined;
}

function mac(id: string, secret: KeyObject): Buffer {
  return createHmac("sha256", secret).update(`visitor.${id}`).digest();
}

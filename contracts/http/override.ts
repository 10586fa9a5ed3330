import { createHmac, timingSafeEqual } from "node:crypto";
import type { Side } from "./headers.ts";

/** What a signed override says: for this capability, until then, go to this side. */
export interface Override {
  readonly capability: string;
  readonly side: Side;
  /** Seconds since the epoch. */
  readonly expiresAtS: number;
}

export type OverrideReading =
  | { readonly ok: true; readonly override: Override }
  | { readonly ok: false; readonly reason: "malformed" | "signature" | "expired" };

const VERSION = "v1";
const MAX_LENGTH = 512;

/**
 * `v1.<base64url JSON>.<base64url HMAC-SHA256>`; the key is the install's own (32 bytes, base64url) and
 * never leaves it. A token is short-lived and never stored in a bundle.
 */
export function signOverride(override: Override, key: string): string {
  const payload = Buffer.from(
    JSON.stringify({ c: override.capability, s: override.side, e: override.expiresAtS }),
  ).toString("base64url");
  return `${VERSION}.${payload}.${mac(payload, key).toString("base64url")}`;
}

/** Verifies in constant time, then reads. `nowS` is seconds since the epoch. */
export function readOverride(token: string, key: string, nowS: number): OverrideReading {
  const [version, payload, signature, ...rest] = token.length > MAX_LENGTH ? [] : token.split(".");
  if (version !== VERSION || payload === undefined || signature === undefined || rest.length > 0) {
    return { ok: false, reason: "malformed" };
  }
  const given = Buffer.from(signature, "base64url");
  const expected = mac(payload, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { ok: false, reason: "signature" };
  }
  const { c, s, e } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
    c: string;
    s: Side;
    e: number;
  };
  if (nowS >= e) return { ok: false, reason: "expired" };
  return { ok: true, override: { capability: c, side: s, expiresAtS: e } };
}

function mac(payload: string, key: string): Buffer {
  return createHmac("sha256", Buffer.from(key, "base64url")).update(`${VERSION}.${payload}`).digest();
}

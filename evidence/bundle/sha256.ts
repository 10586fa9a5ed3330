import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 as 64 lower-case hex digits; a text is hashed as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 over the canonical JSON of a value (canonical-json.ts). */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

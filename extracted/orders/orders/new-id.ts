import { randomUUID } from "node:crypto";

/** A fresh UUIDv7 (RFC 9562 §5.7) in lower case: 48 bits of time, then a random UUID's bits behind its version. */
export function newId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

import { randomUUID } from "node:crypto";

const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** A trusted peer's request id if it is sane (it ends up in logs), else a new one. */
export function requestIdOf(given: string | readonly string[] | undefined, trusted: boolean): string {
  return trusted && typeof given === "string" && SANE.test(given) ? given : newRequestId();
}

export function newRequestId(): string {
  return randomUUID();
}

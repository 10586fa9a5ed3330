import { isAscii } from "@banyan/contracts/slot.ts";

/** Who a request comes from, as far as decisions go. */
export interface Identity {
  /** Printable ASCII: what the slot is made of. */
  readonly key: string;
  readonly source: "claim" | "header" | "visitor";
  /** The cookie that makes a new visitor known the next time. */
  readonly setCookie?: string;
}

const MAX_LENGTH = 256;

/** A key that can be hashed the same everywhere, or undefined (contracts/slot.ts says why ASCII). */
export function usableKey(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > MAX_LENGTH) return undefined;
  return isAscii(value) && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}

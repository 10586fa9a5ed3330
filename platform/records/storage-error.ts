import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";

/** A failed write as an error with a code: a full disk or quota has its own, whatever was being written. */
export function storageError(cause: unknown, otherwise: ErrorCode, doing: string): BanyanError {
  if (cause instanceof BanyanError) return cause;
  const system = systemCode(cause);
  if (system === "ENOSPC" || system === "EDQUOT") {
    return new BanyanError("BYN-EVIDENCE-022", `No space left while ${doing}.`, { cause });
  }
  return new BanyanError(otherwise, `${doing} failed${system === null ? "" : ` (${system})`}.`, { cause });
}

/** `ENOENT` and the like; null when the error did not come from the system. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

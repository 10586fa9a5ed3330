import { CATALOGUE, type ErrorCode } from "./catalogue.ts";
import type { ErrorEntry } from "./entry.ts";

/** Where a mistake is and what it is, e.g. a place in `banyan.yaml` or a field of a body. */
export interface Mistake {
  readonly place: string;
  readonly message: string;
}

/**
 * An error with a code of the catalogue. `detail` is for the person who sees it and holds no secret;
 * `cause` is for the log only.
 */
export class BanyanError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly mistakes: readonly Mistake[];

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; mistakes?: readonly Mistake[] } = {},
  ) {
    super(`${code} ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BanyanError";
    this.code = code;
    this.detail = detail;
    this.mistakes = options.mistakes ?? [];
  }

  get entry(): ErrorEntry {
    return CATALOGUE[this.code];
  }
}

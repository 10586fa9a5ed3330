import type { BanyanError, Mistake } from "./banyan-error.ts";
import { CATALOGUE, type ErrorCode } from "./catalogue.ts";

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** RFC 9457 §3: a problem document, with our code, the request id and, where there are some, the mistakes. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly requestId?: string;
  readonly errors?: readonly Mistake[];
}

/** The problem document of an error. `type` is a relative reference into the docs page (RFC 9457 §3.1.1). */
export function problemOf(error: BanyanError, requestId?: string): Problem {
  return problem(error.code, error.detail, requestId, error.mistakes);
}

export function problem(
  code: ErrorCode,
  detail: string,
  requestId?: string,
  errors: readonly Mistake[] = [],
): Problem {
  const entry = CATALOGUE[code];
  return {
    type: `errors#${code.toLowerCase()}`,
    title: entry.title,
    status: entry.status,
    detail,
    code,
    retryable: entry.retryable,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors.length === 0 ? {} : { errors }),
  };
}

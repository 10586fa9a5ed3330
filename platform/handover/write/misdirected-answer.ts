import { PROBLEM_CONTENT_TYPE, problemOf } from "@banyan/contracts/errors/problem.ts";
import { MISDIRECTED_HEADER, misdirectedText } from "@banyan/contracts/http/misdirected.ts";
import type { MisdirectedError } from "./misdirected.ts";

/** The 421 that a side answers with, for the proxy to understand (docs/handover/421.md). */
export function misdirectedAnswer(
  error: MisdirectedError,
  requestId: string,
): { readonly status: 421; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { capability, slot, epoch, reason } = error.misdirected;
  return {
    status: 421,
    headers: {
      "content-type": PROBLEM_CONTENT_TYPE,
      "cache-control": "no-store",
      [MISDIRECTED_HEADER]: misdirectedText({ capability, slot: slot ?? 0, epoch: epoch ?? 0, reason }),
    },
    body: JSON.stringify({ ...problemOf(error, requestId), status: 421 }),
  };
}

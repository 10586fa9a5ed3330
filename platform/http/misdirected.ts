import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { ErrorRequestHandler } from "express";
import { MisdirectedError } from "../handover/write/misdirected.ts";
import { misdirectedAnswer } from "../handover/write/misdirected-answer.ts";

/** Answers our marked 421 (docs/handover/421.md); other errors go on to the next handler. */
export const misdirected: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  if (!(thrown instanceof MisdirectedError) || response.headersSent) {
    next(thrown);
    return;
  }
  const { status, headers, body } = misdirectedAnswer(thrown, request.get(HEADERS.requestId) ?? "");
  response.status(status).set(headers).send(body);
};

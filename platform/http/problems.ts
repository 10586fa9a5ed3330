import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { PROBLEM_CONTENT_TYPE, problemOf } from "@banyan/contracts/errors/problem.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Log } from "../logging/log.ts";
import { recordProblem } from "../telemetry/server.ts";

/** The last route: whatever no route took. */
export const nothingHere: RequestHandler = (request, _response, next) => {
  next(new BanyanError("BYN-SHOP-003", `nothing at ${request.method} ${request.path}`));
};

/**
 * Answers every error as a problem document (RFC 9457). What we did not throw ourselves is logged here, once, and
 * answered generically; a body that its parser refused keeps the parser's 4xx meaning.
 */
export function problems(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const requestId = request.get(HEADERS.requestId);
    const error = thrown instanceof BanyanError ? thrown : translate(thrown);
    recordProblem(error, thrown);
    if (error.entry.status >= 500) log.error({ err: thrown, requestId, code: error.code }, "request failed");
    response
      .status(error.entry.status)
      .type(PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(problemOf(error, requestId)));
  };
}

function translate(thrown: unknown): BanyanError {
  const status = clientStatus(thrown);
  if (status === undefined)
    return new BanyanError("BYN-SHOP-001", "an unexpected error; see the log", { cause: thrown });
  if (status === 413) return new BanyanError("BYN-SHOP-011", "the body is over its limit", { cause: thrown });
  return new BanyanError("BYN-SHOP-002", "the request could not be read", { cause: thrown });
}

/** Express's body parsers and its path decoder mark what the client did wrong with a 4xx `status`. */
function clientStatus(thrown: unknown): number | undefined {
  const status = thrown instanceof Error && "status" in thrown ? thrown.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

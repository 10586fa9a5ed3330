import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { StoredResponse } from "@banyan/platform/handover/write/keys.ts";
import type { Request, Response } from "express";

/** Answers what a saga ended with, or what is stored under its key: a problem document with this request's id. */
export function sendStored(
  request: Request,
  response: Response,
  { status, headers, body }: StoredResponse,
): void {
  const isProblem = status >= 400 && typeof body === "object";
  const shown = isProblem ? { ...body, requestId: request.get(HEADERS.requestId) } : body;
  response.status(status).type("json").set(headers).send(JSON.stringify(shown));
}

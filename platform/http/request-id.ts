import { randomUUID } from "node:crypto";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { RequestHandler } from "express";

const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** Keeps a sane request id of the caller, makes one otherwise, and says it on the answer. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADERS.requestId);
  const id = given !== undefined && SANE.test(given) ? given : randomUUID();
  request.headers[HEADERS.requestId] = id;
  response.set(HEADERS.requestId, id);
  next();
};

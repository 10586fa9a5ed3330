import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Log } from "../logging/log.ts";
import { routeOf } from "./route-of.ts";

/** Asked every few seconds by whoever looks after the process: they would drown the rest. */
const PROBES = new Set(["/livez", "/readyz"]);

/**
 * Writes one line for each request that `listener` has served, with the words of the proxy's line
 * (proxy/observe/access-line.ts), so that a request can be followed through all processes by its id. The query is left
 * out: it may hold what nobody wants in a log. With a level over `info` it is the listener itself.
 */
export function withAccessLines(listener: RequestListener, log: Log): RequestListener {
  if (!log.isLevelEnabled("info")) return listener;
  return (request, response) => {
    const { url = "" } = request;
    const query = url.indexOf("?");
    const path = query === -1 ? url : url.slice(0, query);
    if (!PROBES.has(path)) {
      const startedAtMs = performance.now();
      response.once("close", () => log.info(lineOf(request, response, path, startedAtMs), "request"));
    }
    listener(request, response);
  };
}

function lineOf(request: IncomingMessage, response: ServerResponse, path: string, startedAtMs: number) {
  return {
    // As it was kept or made by request-id.ts.
    requestId: request.headers[HEADERS.requestId],
    method: request.method,
    path,
    route: routeOf(request),
    // Zero when the client left before any answer.
    status: response.headersSent ? response.statusCode : 0,
    durationMs: Math.round((performance.now() - startedAtMs) * 1_000) / 1_000,
    ended: response.writableFinished ? "complete" : "client-left",
  };
}

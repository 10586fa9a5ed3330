import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { createProxyMiddleware, type RequestHandler } from "http-proxy-middleware";
import type { Outcome } from "../exchange.ts";
import { Flight } from "./flight.ts";
import type { Consignment, Forwarder } from "./forwarder.ts";

interface Line {
  readonly agent: HttpAgent;
  readonly middleware: RequestHandler<IncomingMessage, ServerResponse>;
}

/** Kept connections are dropped after this long idle, so that we seldom meet an upstream's own time-out. */
const KEPT_IDLE_MS = 4_000;

/**
 * Forwarding by http-proxy-middleware 4. It pipes the request and speaks WebSocket; its own plugins are left out
 * and the answer is written by `Flight`, which closes what the library gets wrong (ADR on the forwarding engine).
 */
export function hpmForwarder(): Forwarder {
  const flights = new WeakMap<IncomingMessage, Flight>();
  const lines = new Map<string, Line>();

  function lineOf({ upstream }: Consignment): Line {
    const line = lines.get(upstream) ?? lineTo(new URL(upstream), flights);
    lines.set(upstream, line);
    return line;
  }

  return {
    forward(consignment) {
      const { request, client } = consignment.exchange;
      if (client.kind !== "response") throw new Error("an upgrade has no response to forward to");
      const { middleware } = lineOf(consignment);
      return new Promise<Outcome>((settle) => {
        const flight = new Flight(consignment, settle);
        flights.set(request, flight);
        middleware(request, client.response).catch((error: unknown) => flight.failed(error));
      });
    },
    upgrade(consignment) {
      const { request, client } = consignment.exchange;
      if (client.kind !== "socket") throw new Error("only an upgrade has a socket to forward to");
      const { middleware } = lineOf(consignment);
      return new Promise<Outcome>((settle) => {
        flights.set(request, new Flight(consignment, settle));
        middleware.upgrade(request, client.socket as Socket, client.head);
      });
    },
    close() {
      for (const { agent } of lines.values()) agent.destroy();
    },
  };
}

function lineTo(target: URL, flights: WeakMap<IncomingMessage, Flight>): Line {
  // One agent for each upstream and no cap: a slow upstream must not take the sockets of another.
  const kept = {
    keepAlive: true,
    maxSockets: Number.POSITIVE_INFINITY,
    maxFreeSockets: 256,
    timeout: KEPT_IDLE_MS,
  };
  const agent =
    target.protocol === "https:"
      ? new HttpsAgent({ ...kept, servername: target.hostname })
      : new HttpAgent(kept);
  const middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target,
    agent,
    ejectPlugins: true,
    selfHandleResponse: true,
    plugins: [
      (server) => {
        server.on("proxyReq", (upstreamRequest, request) => flights.get(request)?.sending(upstreamRequest));
        server.on("proxyReqWs", (upstreamRequest, request) =>
          flights.get(request)?.upgrading(upstreamRequest),
        );
        server.on("proxyRes", (answer, request) => flights.get(request)?.answering(answer));
        server.on("error", (error, request) => {
          if (request !== undefined) flights.get(request)?.failed(error);
        });
      },
    ],
  });
  return { agent, middleware };
}

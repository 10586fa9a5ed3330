import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createProxyMiddleware } from "http-proxy-middleware";
import type { Outcome } from "../exchange.ts";
import type { Forwarder } from "./forwarder.ts";
import { KeptConnections } from "./kept-connections.ts";
import type { Line } from "./line.ts";
import { PlainFlight } from "./plain-flight.ts";
import { UpgradeFlight } from "./upgrade-flight.ts";
import { Watch } from "./watch.ts";

/** Where a request carries its flight past the library: a WeakMap would cost the garbage collector ten times as much. */
const FLIGHT = Symbol("flight");
type Carrier = IncomingMessage & { [FLIGHT]?: PlainFlight | UpgradeFlight };

/**
 * Forwarding by http-proxy-middleware 4. It makes the upstream's request, pipes the body and speaks WebSocket; its own
 * plugins are left out. The header, the trailers, the answer and the connections are ours: flights and KeptConnections
 * close what the library gets wrong (ADR on the forwarding engine). `nowMs` is a clock that never goes back.
 */
export function hpmForwarder(nowMs: () => number = () => performance.now()): Forwarder {
  const lines = new Map<string, Line>();
  const watch = new Watch(nowMs, () => {
    let busy = false;
    for (const { kept } of lines.values()) busy = kept.dropOld() || busy;
    return busy;
  });

  function lineTo(upstream: string): Line {
    let line = lines.get(upstream);
    if (line === undefined) {
      const target = new URL(upstream);
      const kept = new KeptConnections(target, nowMs);
      line = { kept, watch, middleware: middlewareTo(target, kept) };
      lines.set(upstream, line);
    }
    return line;
  }

  return {
    forward(consignment) {
      const { request, client } = consignment.exchange;
      if (client.kind !== "response") throw new Error("an upgrade has no response to forward to");
      const { response } = client;
      return new Promise<Outcome>((settle) => {
        const flight = new PlainFlight(consignment, response, lineTo(consignment.upstream), settle);
        (request as Carrier)[FLIGHT] = flight;
        flight.start();
      });
    },
    upgrade(consignment) {
      const { request, client } = consignment.exchange;
      if (client.kind !== "socket") throw new Error("only an upgrade has a socket to forward to");
      return new Promise<Outcome>((settle) => {
        const line = lineTo(consignment.upstream);
        const flight = new UpgradeFlight(consignment, client.socket as Socket, line, settle);
        (request as Carrier)[FLIGHT] = flight;
        flight.start(client.head);
      });
    },
    close() {
      watch.close();
      for (const { kept } of lines.values()) kept.close();
    },
  };
}

function middlewareTo(target: URL, { agent }: KeptConnections): Line["middleware"] {
  const plain = (request: Carrier) => {
    const flight = request[FLIGHT];
    return flight instanceof PlainFlight ? flight : undefined;
  };
  const { protocol, host, port } = target;
  return createProxyMiddleware<IncomingMessage, ServerResponse>({
    // Spelt out: the library would take a URL apart for each request. IPv6 goes without brackets.
    target: { protocol, host, hostname: target.hostname.replace(/^\[(.*)\]$/, "$1"), port, pathname: "/" },
    agent,
    ejectPlugins: true,
    selfHandleResponse: true,
    plugins: [
      (server) => {
        server.on("proxyReq", (upstreamRequest, request) => plain(request)?.sending(upstreamRequest));
        server.on("proxyReqWs", (upstreamRequest: ClientRequest, request: IncomingMessage) => {
          const flight = (request as Carrier)[FLIGHT];
          if (flight instanceof UpgradeFlight) flight.upgrading(upstreamRequest);
        });
        server.on("proxyRes", (answer, request) => plain(request)?.answering(answer));
        server.on("error", (error, request) => {
          (request as Carrier | undefined)?.[FLIGHT]?.failed(error);
        });
      },
    ],
  });
}

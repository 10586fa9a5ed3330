import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createProxyMiddleware } from "http-proxy-middleware";
import type { Outcome } from "../exchange.ts";
import type { Forwarder } from "./forwarder.ts";
import { KeptConnections } from "./kept-connections.ts";
import type { Line } from "./line.ts";
import { PlainFlight } from "./plain-flight.ts";
import { UpgradeFlight } from "./upgrade-flight.ts";
import { socketHost } from "./upstream-host.ts";
import { Destination } from "./upstream-request.ts";
import { Watch } from "./watch.ts";

/** Where an upgrade carries its flight past the library. */
const FLIGHT = Symbol("flight");
type Carrier = IncomingMessage & { [FLIGHT]?: UpgradeFlight };

/**
 * Plain requests go by `node:http` itself (plain-flight.ts); http-proxy-middleware 4 carries upgrades, where it speaks
 * WebSocket, without its own plugins. The header, the answer and the connections are ours in both (ADR 0004). `nowMs` is
 * a clock that never goes back.
 */
export function httpForwarder(nowMs: () => number = () => performance.now()): Forwarder {
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
      const destination = new Destination(target, kept);
      line = { kept, watch, destination, upgrades: upgradesTo(target, kept) };
      lines.set(upstream, line);
    }
    return line;
  }

  return {
    forward(consignment) {
      const { client } = consignment.exchange;
      if (client.kind !== "response") throw new Error("an upgrade has no response to forward to");
      const { response } = client;
      return new Promise<Outcome>((settle) =>
        new PlainFlight(consignment, response, lineTo(consignment.upstream), settle).start(),
      );
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

function upgradesTo(target: URL, { agent }: KeptConnections): Line["upgrades"] {
  const { protocol, host, port } = target;
  return createProxyMiddleware<IncomingMessage, ServerResponse>({
    // Spelt out: the library would take a URL apart for each request.
    target: { protocol, host, hostname: socketHost(target), port, pathname: "/" },
    agent,
    ejectPlugins: true,
    plugins: [
      (server) => {
        server.on("proxyReqWs", (upstreamRequest: ClientRequest, request: IncomingMessage) => {
          (request as Carrier)[FLIGHT]?.upgrading(upstreamRequest);
        });
        server.on("error", (error, request) => {
          (request as Carrier | undefined)?.[FLIGHT]?.failed(error);
        });
      },
    ],
  }).upgrade;
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { UNDECIDED } from "./decide/decide.ts";
import type { Client, Exchange } from "./exchange.ts";
import type { Ground } from "./ground.ts";
import { newRequestId } from "./observe/ids.ts";
import { runPasses } from "./passes.ts";
import { refuseAtOnce, refuseSocket } from "./refuse/refuse.ts";
import { takeTurn, turnsOf } from "./turns.ts";

export interface FrontLimits {
  readonly headerBytes: number;
  /** The whole header must be there by then, and the whole request by the second. */
  readonly headersMs: number;
  readonly requestMs: number;
}

/** How often slow clients are looked for; Node's default of 30 s would let one stay far over its bound. */
const LOOK_MS = 1_000;
const KEEP_ALIVE_MS = 30_000;
const WAITING_BYTES = 128 * 1024;

export interface Front {
  readonly server: Server;
  /** Ends every connection, whatever is in hand. */
  readonly cut: () => void;
  /** Ends those on which nothing was ever sent, which Node does not count among the idle ones. */
  readonly closeUnused: () => void;
}

/**
 * The public port: a plain `node:http` server whose every request, upgrade and broken bit of input ends in the
 * passes or in a coded answer. `ground` is asked anew for each request, so a reload changes it between two requests.
 */
export function front(ground: () => Ground, limits: FrontLimits): Front {
  const sockets = new Set<Socket>();
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: LOOK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without a body has no stream to be read to its end: a few ticks less for most requests.
    optimizeEmptyRequests: true,
    // The passes refuse it instead, with a code.
    requireHostHeader: false,
    // Of a slow client's answer so much waits here: with Node's 64 kB most pages of some size would stop and start
    // their upstream's connection once.
    highWaterMark: WAITING_BYTES,
    // Two servers would disagree on an upgrade with a body, and only WebSocket is spoken: the rest is a plain request.
    shouldUpgradeCallback: isWebSocket,
  });
  // The default of 2000 drops the rest without a word; the passes count them instead.
  server.maxHeadersCount = 0;

  const run = (exchange: Exchange) => runPasses(exchange, ground());

  function take(request: IncomingMessage, client: Client, expectsContinue: boolean): void {
    takeTurn(request.socket, newExchange(request, client, expectsContinue), run);
  }

  const plain = (request: IncomingMessage, response: ServerResponse) =>
    take(request, { kind: "response", response }, false);
  server.on("request", plain);
  server.on("checkExpectation", plain);
  server.on("checkContinue", (request, response) => take(request, { kind: "response", response }, true));
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", ignore);
    take(request, { kind: "socket", socket, head }, false);
  });
  server.on("connect", (request, socket, head) => {
    socket.on("error", ignore);
    take(request, { kind: "socket", socket, head }, false);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { unended, last } = turnsOf(socket);
    if (unended === 0) refuseInput(socket, error, ground());
    // An answer of ours would be taken for the one that is still to come, or stand in the middle of it.
    else if (unended > 1 || !refuseBody(last, error)) socket.destroy();
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    closeUnused: () => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

function newExchange(request: IncomingMessage, client: Client, expectsContinue: boolean): Exchange {
  return {
    request,
    client,
    startedAtMs: performance.now(),
    expectsContinue,
    requestId: "",
    trusted: false,
    hops: 0,
    trace: undefined,
    debug: false,
    path: "",
    search: "",
    capability: undefined,
    route: undefined,
    by: "key",
    decision: UNDECIDED,
    slot: undefined,
    newVisitorCookie: undefined,
    held: undefined,
    outcome: undefined,
    refusal: undefined,
  };
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["transfer-encoding"] === undefined &&
    Number(headers["content-length"] ?? 0) === 0
  );
}

/** What never became a request: the parser refused it, or it came too slowly. */
function refuseInput(socket: Duplex, error: NodeJS.ErrnoException, { metrics, log }: Ground): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = inputCode(error.code ?? "");
  const refusal = new BanyanError(code, "the request could not be read", { cause: error });
  const requestId = newRequestId();
  metrics.begin();
  const { status } = refusal.entry;
  metrics.end({ ...UNDECIDED, capability: "none", status, ended: "refused", durationS: 0, code });
  log.info({ requestId, code, parser: error.code, ended: "refused" }, "unreadable request");
  refuseSocket(socket, refusal, requestId);
  // What it goes on sending is of no interest any more.
  socket.once("finish", () => socket.destroy());
}

/** The client closed its side in the middle of the body: it left, and waits for no answer. */
const LEFT = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_EOF_STATE"]);

/**
 * Refuses a request whose head was read and whose body broke the framing, as its one answer; the connection ends with
 * it (RFC 9112 §6.1). False when the request was whole, so that the fault lies in the next, or its answer has begun.
 */
function refuseBody(exchange: Exchange | undefined, error: NodeJS.ErrnoException): boolean {
  if (exchange === undefined || exchange.client.kind === "socket") return false;
  const { request, client } = exchange;
  if (LEFT.has(error.code ?? "") || request.complete || client.response.headersSent) return false;
  exchange.refusal = new BanyanError(inputCode(error.code ?? ""), "the request's body could not be read", {
    cause: error,
  });
  refuseAtOnce(client.response, exchange.refusal, exchange.requestId);
  return true;
}

function inputCode(parserCode: string): ErrorCode {
  if (parserCode === "HPE_HEADER_OVERFLOW") return "BYN-PROXY-008";
  if (parserCode === "ERR_HTTP_REQUEST_TIMEOUT") return "BYN-PROXY-016";
  return "BYN-PROXY-015";
}

function ignore(): void {}

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { PROBLEM_CONTENT_TYPE, problemOf } from "@banyan/contracts/errors/problem.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Client } from "../exchange.ts";

type ExtraHeaders = Readonly<Record<string, string>>;

/** How long a client that is still sending may go on, so that it can read the answer before the connection ends. */
const LINGER_MS = 2_000;

/**
 * Answers with a problem document (RFC 9457), if nothing of an answer has been sent yet. It works at once, without
 * a tick in between: an upgrade's socket may be ended right after by whoever noticed the error.
 */
export function refuse(
  request: IncomingMessage,
  client: Client,
  error: BanyanError,
  requestId: string,
  extra: ExtraHeaders = {},
): void {
  if (client.kind === "socket") {
    refuseSocket(client.socket, error, requestId, extra);
    return;
  }
  const { response } = client;
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify(problemOf(error, requestId));
  const unread = hasBody(request) && !request.complete;
  response.writeHead(error.entry.status, {
    ...problemHeaders(body, requestId, extra),
    ...(unread ? { connection: "close" } : {}),
  });
  if (!unread) {
    response.end(body);
    return;
  }
  // Closing with unread bytes in the kernel sends a reset, which may overtake the answer.
  if (request.method !== "HEAD") response.write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once("end", end);
  request.once("close", end);
  request.resume();
}

/** For a request whose rest nobody can read: the connection ends right after the answer. */
export function refuseAtOnce(response: ServerResponse, error: BanyanError, requestId: string): void {
  const body = JSON.stringify(problemOf(error, requestId));
  response.writeHead(error.entry.status, { ...problemHeaders(body, requestId, {}), connection: "close" });
  response.end(body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** For sockets without a response object: upgrades, CONNECT, and what the parser refused. */
export function refuseSocket(
  socket: Duplex,
  error: BanyanError,
  requestId: string,
  extra: ExtraHeaders = {},
): void {
  if (socket.destroyed || !socket.writable) return;
  const body = JSON.stringify(problemOf(error, requestId));
  const { status } = error.entry;
  const headers = { ...problemHeaders(body, requestId, extra), connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
  closeSoon(socket);
}

/**
 * Closes a socket whose answer is ended, once the client has had time to read it. After an upgrade or a CONNECT none of
 * HTTP's time-outs looks after it, and a client that keeps it open, or whose bytes nobody reads, would hold it for ever.
 */
export function closeSoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}

function problemHeaders(body: string, requestId: string, extra: ExtraHeaders): Record<string, string> {
  return {
    "content-type": PROBLEM_CONTENT_TYPE,
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    [HEADERS.requestId]: requestId,
    ...extra,
  };
}

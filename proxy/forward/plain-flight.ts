import type { ClientRequest, IncomingMessage, InformationEvent, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Outcome } from "../exchange.ts";
import { beginAnswer, passInterim } from "./answer.ts";
import { Delivery } from "./delivery.ts";
import { Flight } from "./flight.ts";
import type { Consignment, PassingBody } from "./forwarder.ts";
import type { Line } from "./line.ts";
import { misdirectedOf, misplaced } from "./misplaced.ts";
import { Progress } from "./progress.ts";
import { isClientsToSay, type RequestFields } from "./request-fields.ts";
import { trailersOf } from "./trailers.ts";
import { upstreamError } from "./upstream-error.ts";

/** A 421 of ours is small; what goes on and on is cut. */
const MAX_WITHHELD_BYTES = 16_384;

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** How long an upstream may take to say 100 before it gets the body all the same (RFC 9110 §10.1.1). */
const CONTINUE_MS = 1_000;
/** More interim answers than this are a flood. */
const MAX_INTERIMS = 16;

/** Reads an answer that nobody is to see, so that its connection can be used again. */
function discard(from: IncomingMessage): void {
  let bytes = 0;
  from.on("error", () => {});
  from.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_WITHHELD_BYTES) from.destroy();
  });
}

/** One plain request under way. */
export class PlainFlight extends Flight {
  readonly #response: ServerResponse;
  readonly #hasBody: boolean;
  readonly #progress = new Progress();
  /** When the connection was asked for; anew when the request is sent once more. */
  #boardedAtMs = 0;
  /** When the connection to the upstream stood, and when the request was handed over whole. */
  #connectedAtMs: number | undefined;
  #handedOverAtMs: number | undefined;
  #bytesReadBefore = 0;
  #interims = 0;
  #delivery: Delivery | undefined;
  /** A body that waits for the upstream's 100. */
  #waiting: PassingBody | undefined;

  constructor(
    consignment: Consignment,
    response: ServerResponse,
    line: Line,
    settle: (outcome: Outcome) => void,
  ) {
    super(consignment, line, settle);
    const { headers } = consignment.exchange.request;
    const body = consignment.held?.body;
    this.#waiting = body === undefined || Buffer.isBuffer(body) ? undefined : body;
    this.#response = response;
    this.#hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  }

  start(): void {
    const { line, consignment } = this;
    const { request } = consignment.exchange;
    if (!SAFE.has(request.method ?? "")) line.kept.dropThoseUnfitForWrites();
    let upstreamRequest: ClientRequest;
    try {
      upstreamRequest = line.destination.request(request, this.#fields());
    } catch (error) {
      this.fail(upstreamError(error, false));
      return;
    }
    upstreamRequest.on("error", (error) => this.failed(error));
    upstreamRequest.on("socket", (socket: Socket) => this.#sending(upstreamRequest, socket));
    upstreamRequest.on("response", (answer: IncomingMessage) => this.#answering(answer));
    const chunked = request.headers["transfer-encoding"] !== undefined;
    const body = consignment.held?.body;
    // Node sends a header with `Expect` at once.
    if (this.#waiting !== undefined) return;
    if (Buffer.isBuffer(body)) {
      // The request's end is behind us, and so are its trailers.
      if (chunked) this.#passTrailers(request, upstreamRequest);
      if (body.length > 0) upstreamRequest.write(body);
      upstreamRequest.end();
    } else if (!this.#hasBody) upstreamRequest.end();
    else if (chunked) this.#streamBody(upstreamRequest);
    // A tick later a body that came with its header has been read.
    else process.nextTick(() => this.#sendBody(upstreamRequest));
  }

  /** A body of known length: whole, it goes in one piece, which costs less than a stream from one to the other. */
  #sendBody(upstreamRequest: ClientRequest): void {
    if (this.isFinished()) return;
    const { request } = this.consignment.exchange;
    if (request.complete) upstreamRequest.end(request.read());
    else this.#streamBody(upstreamRequest);
  }

  #streamBody(upstreamRequest: ClientRequest, before = 0): void {
    const { request } = this.consignment.exchange;
    if (request.headers["transfer-encoding"] !== undefined) this.#boundBody(request, upstreamRequest, before);
    // The upstream may have something to say before the first of it comes.
    if (!upstreamRequest.headersSent) upstreamRequest.flushHeaders();
    request.pipe(upstreamRequest);
  }

  #fields(): RequestFields {
    const { fields } = this.consignment;
    if (this.#waiting === undefined) return fields;
    return { ...fields, rest: [...fields.rest, "Expect", "100-continue"] };
  }

  /** The body that waited goes now, and with it the chance to send this request elsewhere. */
  #sendWaiting(): void {
    const { upstreamRequest } = this;
    const body = this.#waiting;
    if (body === undefined || upstreamRequest === undefined) return;
    this.#waiting = undefined;
    body.spent = true;
    if (body.begun.length > 0) upstreamRequest.write(body.begun);
    this.#streamBody(upstreamRequest, body.begun.length);
  }

  /** The body that waited goes nowhere; the client's is read to its end, so that it reads the answer. */
  #dropWaiting(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.consignment.exchange.request.resume();
  }

  /** The answer came before the body's end: what is still to come is read, so that the connection serves the next request. */
  protected override ended(): void {
    const { request } = this.consignment.exchange;
    if (request.complete || request.destroyed) return;
    request.unpipe();
    request.resume();
  }

  /** The upstream's socket is assigned; nothing has been written to it yet. */
  #sending(upstreamRequest: ClientRequest, socket: Socket): void {
    if (!this.board(upstreamRequest)) return;
    const nowMs = this.line.watch.nowMs();
    this.#boardedAtMs = nowMs;
    this.#bytesReadBefore = socket.bytesRead;
    this.#connectedAtMs = socket.connecting ? undefined : nowMs;
    if (socket.connecting) {
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
        this.#connectedAtMs = this.line.watch.nowMs();
      });
    }
    // Without this an upstream that hangs up, or answers 101 to a plain request, would leave the client waiting.
    upstreamRequest.on("close", () => {
      if (this.upstreamRequest === upstreamRequest && this.upstreamMs === undefined) this.failed(undefined);
    });
    upstreamRequest.on("information", (information) => this.#interim(information));
  }

  /** The upstream's status line and header fields are there. */
  #answering(from: IncomingMessage): void {
    if (this.isFinished()) {
      from.destroy();
      return;
    }
    this.answered();
    const advertised = from.headers["keep-alive"];
    if (typeof advertised === "string") this.line.kept.advertised(from.socket, advertised);
    if (this.consignment.held?.withholds(from) === true) {
      this.withdraw();
      this.#letGo(from);
      return;
    }
    const said = misdirectedOf(from);
    if (said !== undefined) {
      this.fail(misplaced(said));
      return;
    }
    // It answered without a 100, so it does not want the body (RFC 9110 §10.1.1).
    this.#dropWaiting();
    try {
      beginAnswer(from, this.#response, this.consignment);
    } catch (error) {
      from.destroy();
      this.fail(error instanceof BanyanError ? error : upstreamError(error, true));
      return;
    }
    this.status = this.#response.statusCode;
    this.#delivery = new Delivery(from, this.#response, (error) => this.fail(error));
  }

  /** Of an answer that is withheld: a connection on which a body is still to come serves nobody else. */
  #letGo(from: IncomingMessage): void {
    const { upstreamRequest } = this;
    if (upstreamRequest === undefined || upstreamRequest.writableEnded) {
      discard(from);
      return;
    }
    this.consignment.exchange.request.unpipe(upstreamRequest);
    upstreamRequest.destroy();
  }

  override failed(cause: unknown): void {
    const { request } = this.consignment.exchange;
    if (this.isFinished() || (request.destroyed && !request.complete)) return;
    // The whole answer was there: what its connection says afterwards is no longer about this request.
    if (this.#delivery?.isReceived() === true) return;
    if (this.#metStaleConnection()) {
      this.sentAgain = true;
      this.upstreamRequest = undefined;
      this.line.kept.dropIdle();
      this.start();
      return;
    }
    this.fail(upstreamError(cause, this.upstreamMs !== undefined));
  }

  override look(nowMs: number): void {
    const { upstreamRequest, consignment } = this;
    const { limits } = consignment;
    const socket = upstreamRequest?.socket;
    if (upstreamRequest === undefined || socket === undefined || socket === null) return;
    if (this.#delivery !== undefined) this.#lookAtDelivery(this.#delivery, nowMs);
    else if (this.#connectedAtMs === undefined) {
      if (nowMs - this.#boardedAtMs >= limits.connectMs) this.tooLate("BYN-PROXY-014");
    } else if (this.#waiting !== undefined) {
      if (nowMs - this.#connectedAtMs >= CONTINUE_MS) this.#sendWaiting();
    } else if (upstreamRequest.writableFinished) {
      this.#handedOverAtMs ??= this.#hasBody ? nowMs : this.#connectedAtMs;
      const waitedMs = nowMs - this.#handedOverAtMs;
      const stillMs = this.#progress.stillMs(socket, nowMs);
      if (waitedMs >= limits.deadlineMs || stillMs >= limits.idleMs) this.tooLate("BYN-PROXY-013");
    } else if (this.#progress.stillMs(socket, nowMs) >= limits.idleMs) {
      if (upstreamRequest.writableNeedDrain) this.tooLate("BYN-PROXY-013");
      else this.fail(new BanyanError("BYN-PROXY-016", "nothing more came of the request's body"));
    }
  }

  protected override isWhole(): boolean {
    return this.#response.writableFinished;
  }

  protected override hasBegun(): boolean {
    return this.#response.headersSent;
  }

  protected override bodyBytes(): number {
    return this.#delivery?.bytes ?? 0;
  }

  #lookAtDelivery(delivery: Delivery, nowMs: number): void {
    const { idleMs } = this.consignment.limits;
    const stillMs = delivery.stillMs(nowMs);
    // An answer may begin, and pause, while the request's body is still on its way.
    const { socket, writableFinished } = this.upstreamRequest ?? {};
    const sends = socket !== undefined && socket !== null && writableFinished === false;
    const sendStillMs = sends ? this.#progress.stillMs(socket, nowMs) : stillMs;
    if (Math.min(stillMs, sendStillMs) < idleMs) return;
    if (delivery.waitsForClient()) {
      this.fail(new BanyanError("BYN-PROXY-027", "the client did not read on for too long"));
    } else {
      this.fail(new BanyanError("BYN-PROXY-024", "nothing moved on the upstream's connection for too long"));
    }
  }

  /**
   * A safe request without a body, on a kept connection that broke before a single byte of an answer: the upstream had
   * closed it before it saw the request, or may as well see it again (RFC 9110 §9.2.2, RFC 9112 §9.3.1). Once only.
   */
  #metStaleConnection(): boolean {
    const { upstreamRequest } = this;
    return (
      !this.sentAgain &&
      !this.#hasBody &&
      this.upstreamMs === undefined &&
      upstreamRequest?.reusedSocket === true &&
      upstreamRequest.socket?.bytesRead === this.#bytesReadBefore &&
      SAFE.has(this.consignment.exchange.request.method ?? "")
    );
  }

  /** 100 is between us and the upstream: the client was told to go on long ago. HTTP/1.0 knows no interim answers. */
  #interim({ statusCode, rawHeaders }: InformationEvent): void {
    if (statusCode === 100 && !this.isFinished()) this.#sendWaiting();
    this.#interims += 1;
    const { httpVersionMinor } = this.consignment.exchange.request;
    if (statusCode === 100 || this.#interims > MAX_INTERIMS || httpVersionMinor === 0) return;
    if (!this.isFinished() && !this.#response.headersSent)
      passInterim(statusCode, rawHeaders, this.#response);
  }

  /** `before`: bytes that were read of it already. */
  #boundBody(request: IncomingMessage, upstreamRequest: ClientRequest, before: number): void {
    const { limits } = this.consignment;
    let seen = before;
    request.on("data", (chunk: Buffer) => {
      seen += chunk.length;
      if (seen <= limits.bodyBytes) return;
      if (this.isFinished()) request.destroy();
      else this.fail(new BanyanError("BYN-PROXY-007", `the body has more than ${limits.bodyBytes} bytes`));
    });
    // Before the pipe's own listener, which ends the upstream's request.
    request.once("end", () => this.#passTrailers(request, upstreamRequest));
  }

  #passTrailers(request: IncomingMessage, upstreamRequest: ClientRequest): void {
    const pairs = trailersOf(request.rawTrailers, (name) => isClientsToSay(name, this.consignment.facts));
    if (pairs.length === 0) return;
    try {
      upstreamRequest.addTrailers(pairs);
    } catch (error) {
      this.fail(upstreamError(error, false));
    }
  }
}

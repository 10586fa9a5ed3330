import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Outcome } from "../exchange.ts";
import { refuse } from "../refuse/refuse.ts";
import { beginAnswer, isOurs } from "./answer.ts";
import type { Consignment } from "./forwarder.ts";
import { upstreamError } from "./upstream-error.ts";

/** One request under way: its deadlines, what it failed of, and how it ended. */
export class Flight {
  readonly #consignment: Consignment;
  readonly #settle: (outcome: Outcome) => void;
  readonly #startedAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #upstreamRequest: ClientRequest | undefined;
  #upstreamMs: number | undefined;
  #status = 0;
  #bytes = 0;
  #error: BanyanError | undefined;
  #brokenOff = false;
  #answer: IncomingMessage | undefined;
  #over = false;

  constructor(consignment: Consignment, settle: (outcome: Outcome) => void) {
    this.#consignment = consignment;
    this.#settle = settle;
    const { client } = consignment.exchange;
    const stream = client.kind === "response" ? client.response : client.socket;
    stream.once("close", () => this.#clientClosed());
    if (stream.destroyed) this.#clientClosed();
  }

  /** The upstream's socket is assigned; nothing has been written to it yet. */
  sending(upstreamRequest: ClientRequest): void {
    this.#upstreamRequest = upstreamRequest;
    const { limits, exchange } = this.#consignment;
    if (this.#isFinished()) {
      upstreamRequest.destroy();
      return;
    }
    if (upstreamRequest.socket?.connecting === true) this.#boundConnect(upstreamRequest.socket);
    upstreamRequest.once("finish", () =>
      this.#arm(limits.deadlineMs, "BYN-PROXY-013", "the upstream did not answer in time"),
    );
    upstreamRequest.setTimeout(limits.idleMs, () => {
      const code = this.#upstreamMs === undefined ? "BYN-PROXY-013" : "BYN-PROXY-024";
      this.fail(new BanyanError(code, "nothing moved on the upstream's connection for too long"));
    });
    // Without this an upstream that hangs up, or answers 101 to a plain request, would leave the client waiting.
    upstreamRequest.once("close", () => {
      if (this.#upstreamMs === undefined) this.fail(upstreamError(undefined, false));
    });
    if (exchange.request.headers["transfer-encoding"] !== undefined) this.#boundBody(exchange.request);
  }

  /** The same for an upgrade, whose request has no body and whose socket may not be there yet. */
  upgrading(upstreamRequest: ClientRequest): void {
    this.#upstreamRequest = upstreamRequest;
    const { limits } = this.#consignment;
    if (this.#isFinished()) upstreamRequest.destroy();
    this.#arm(limits.connectMs + limits.deadlineMs, "BYN-PROXY-013", "the upstream did not answer in time");
    upstreamRequest.on("upgrade", (answer, socket: Socket) => this.#upgraded(answer, socket));
    upstreamRequest.on("response", (answer) => this.#upgradeRefused(answer));
  }

  /** The upstream's status line and header fields are there. */
  answering(from: IncomingMessage): void {
    this.#disarm();
    const { client } = this.#consignment.exchange;
    if (this.#isFinished() || client.kind !== "response") {
      from.destroy();
      return;
    }
    this.#answered();
    const { response } = client;
    try {
      beginAnswer(from, response, this.#consignment.answer);
    } catch (error) {
      from.destroy();
      this.fail(error instanceof BanyanError ? error : upstreamError(error, true));
      return;
    }
    this.#answer = from;
    this.#status = response.statusCode;
    const brokenOff = () => {
      if (!from.complete) this.fail(upstreamError(undefined, true));
    };
    from.once("aborted", brokenOff);
    from.once("error", brokenOff);
    from.once("close", brokenOff);
    from.on("data", (chunk: Buffer) => {
      this.#bytes += chunk.length;
    });
    from.pipe(response);
    // An event stream or a long poll may be silent for long after its header: let the client see that it began.
    if (from.headers["content-length"] === undefined) {
      setImmediate(() => {
        if (this.#bytes === 0 && !response.writableEnded) response.flushHeaders();
      });
    }
  }

  /**
   * Something went wrong, with us or with the upstream. Before the answer began the client gets a problem document;
   * afterwards its connection is reset, because a mere end would look like the end of the body to an HTTP/1.0 client
   * and to anyone who reads until close.
   */
  fail(error: BanyanError): void {
    if (this.#isFinished()) return;
    this.#error = error;
    this.#disarm();
    this.#upstreamRequest?.destroy();
    const { exchange, answer } = this.#consignment;
    const { client, request, requestId } = exchange;
    const begun = client.kind === "response" ? client.response.headersSent : this.#upstreamMs !== undefined;
    if (begun) {
      this.#brokenOff = true;
      request.socket.resetAndDestroy();
    } else {
      this.#status = error.entry.status;
      refuse(request, client, error, requestId, answer.always);
    }
  }

  /** An error event: ours to judge only while the client is still there. */
  failed(cause: unknown): void {
    const { request } = this.#consignment.exchange;
    if (request.destroyed && !request.complete) return;
    // The whole answer was there: what its connection says afterwards is no longer about this request.
    if (this.#answer?.complete === true) return;
    this.fail(upstreamError(cause, this.#upstreamMs !== undefined));
  }

  #upgraded(answer: IncomingMessage, upstream: Socket): void {
    const { client, request } = this.#consignment.exchange;
    this.#disarm();
    if (client.kind !== "socket" || this.#isFinished()) {
      upstream.destroy();
      return;
    }
    if (
      answer.statusCode !== 101 ||
      answer.headers.upgrade?.toLowerCase() !== request.headers.upgrade?.toLowerCase()
    ) {
      upstream.destroy();
      this.fail(
        new BanyanError("BYN-PROXY-012", "the upstream switched to a protocol that was not asked for"),
      );
      return;
    }
    this.#answered();
    this.#status = 101;
    this.#replaceOurs(answer);
    // A connection that ends without a FIN must end the other one too.
    upstream.once("close", () => client.socket.destroy());
    client.socket.once("close", () => upstream.destroy());
  }

  #upgradeRefused(answer: IncomingMessage): void {
    this.#disarm();
    const { client } = this.#consignment.exchange;
    if (client.kind !== "socket" || this.#isFinished()) return;
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 999) {
      this.fail(new BanyanError("BYN-PROXY-012", `the upstream's status is ${status}`));
      return;
    }
    this.#answered();
    this.#status = status;
    answer.statusMessage = "";
    this.#replaceOurs(answer);
    const brokenOff = () => {
      if (!answer.complete) this.fail(upstreamError(undefined, true));
    };
    answer.once("aborted", brokenOff);
    answer.once("close", brokenOff);
  }

  #replaceOurs(answer: IncomingMessage): void {
    for (const name of Object.keys(answer.headers)) if (isOurs(name)) delete answer.headers[name];
    Object.assign(answer.headers, this.#consignment.answer.always);
  }

  #boundConnect(socket: Socket): void {
    this.#arm(
      this.#consignment.limits.connectMs,
      "BYN-PROXY-014",
      "the upstream could not be reached in time",
    );
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => this.#disarm());
  }

  #boundBody(request: IncomingMessage): void {
    const { bodyBytes } = this.#consignment.limits;
    let seen = 0;
    request.on("data", (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > bodyBytes)
        this.fail(new BanyanError("BYN-PROXY-007", `the body has more than ${bodyBytes} bytes`));
    });
  }

  #arm(ms: number, code: "BYN-PROXY-013" | "BYN-PROXY-014", detail: string): void {
    this.#disarm();
    if (this.#upstreamMs !== undefined || this.#isFinished()) return;
    this.#timer = setTimeout(() => this.fail(new BanyanError(code, detail)), ms);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #answered(): void {
    this.#upstreamMs = performance.now() - this.#startedAtMs;
  }

  #isFinished(): boolean {
    return this.#over || this.#error !== undefined;
  }

  #clientClosed(): void {
    if (this.#over) return;
    this.#over = true;
    this.#disarm();
    const { client } = this.#consignment.exchange;
    const whole = client.kind === "response" ? client.response.writableFinished : this.#status !== 0;
    this.#upstreamRequest?.destroy();
    const ended = whole ? "complete" : "client-left";
    this.#settle({
      status: this.#status,
      bytes: this.#bytes,
      upstreamMs: this.#upstreamMs,
      ended: this.#brokenOff ? "broken-off" : ended,
      error: this.#error,
    });
  }
}

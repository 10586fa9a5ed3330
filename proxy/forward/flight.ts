import type { ClientRequest } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Outcome } from "../exchange.ts";
import { refuse } from "../refuse/refuse.ts";
import type { Consignment } from "./forwarder.ts";
import type { Line } from "./line.ts";
import type { Watched } from "./watch.ts";

/** One request under way: what it failed of, and how it ended. Kinds: plain-flight.ts and upgrade-flight.ts. */
export abstract class Flight implements Watched {
  watchPlace = -1;
  protected readonly consignment: Consignment;
  protected readonly line: Line;
  protected readonly startedAtMs: number;
  protected upstreamRequest: ClientRequest | undefined;
  protected upstreamMs: number | undefined;
  protected status = 0;
  protected sentAgain = false;
  readonly #settle: (outcome: Outcome) => void;
  #error: BanyanError | undefined;
  #brokenOff = false;
  readonly #stream: NodeJS.EventEmitter;
  readonly #closed = () => this.#clientClosed();
  #over = false;

  constructor(consignment: Consignment, line: Line, settle: (outcome: Outcome) => void) {
    this.consignment = consignment;
    this.line = line;
    this.startedAtMs = line.watch.nowMs();
    this.#settle = settle;
    const { client } = consignment.exchange;
    const stream = client.kind === "response" ? client.response : client.socket;
    this.#stream = stream;
    stream.on("close", this.#closed);
    if (stream.destroyed) this.#clientClosed();
    else line.watch.add(this);
  }

  /** Deadlines: called about every 100 ms. */
  abstract look(nowMs: number): void;

  /** True when the client got all of it. */
  protected abstract isWhole(): boolean;

  /** True when the client has seen a part of the upstream's answer. */
  protected abstract hasBegun(): boolean;

  /** The client's side is over. */
  protected ended(): void {}

  /** Bytes of body that came from the upstream and went on to the client. */
  protected bodyBytes(): number {
    return 0;
  }

  /** An error event, or a connection that closed without one: ours to judge only while the client is still there. */
  abstract failed(cause: unknown): void;

  /** Takes the request to the upstream, of which nothing has been sent; false when it is not to go. */
  protected board(upstreamRequest: ClientRequest): boolean {
    this.upstreamRequest = upstreamRequest;
    if (!this.isFinished()) return true;
    upstreamRequest.destroy();
    return false;
  }

  /**
   * Something went wrong, with us or with the upstream. Before the answer began the client gets a problem document;
   * afterwards its connection is reset, because a mere end would look like the end of the body to an HTTP/1.0 client
   * and to anyone who reads until close.
   */
  fail(error: BanyanError): void {
    if (this.isFinished()) return;
    this.#error = error;
    this.upstreamRequest?.destroy();
    const { exchange, answer } = this.consignment;
    const { client, request, requestId } = exchange;
    if (this.hasBegun()) {
      this.#brokenOff = true;
      request.socket.resetAndDestroy();
    } else {
      this.status = error.entry.status;
      refuse(request, client, error, requestId, answer.always);
    }
  }

  protected tooLate(code: "BYN-PROXY-013" | "BYN-PROXY-014"): void {
    const what = code === "BYN-PROXY-013" ? "did not answer" : "could not be reached";
    this.fail(new BanyanError(code, `the upstream ${what} in time`));
  }

  protected answered(): void {
    this.upstreamMs = this.line.watch.nowMs() - this.startedAtMs;
  }

  protected isFinished(): boolean {
    return this.#over || this.#error !== undefined;
  }

  /** Ends this flight without a word to the client: the request is to be sent elsewhere. */
  protected withdraw(): void {
    this.#over = true;
    this.line.watch.delete(this);
    this.#stream.off("close", this.#closed);
    const { upstreamMs, sentAgain } = this;
    this.#settle({ status: 421, bytes: 0, upstreamMs, ended: "complete", sentAgain });
  }

  #clientClosed(): void {
    if (this.#over) return;
    this.#over = true;
    this.line.watch.delete(this);
    this.upstreamRequest?.destroy();
    this.ended();
    const ended = this.isWhole() ? "complete" : "client-left";
    this.#settle({
      status: this.status,
      bytes: this.bodyBytes(),
      upstreamMs: this.upstreamMs,
      ended: this.#brokenOff ? "broken-off" : ended,
      sentAgain: this.sentAgain,
      error: this.#error,
    });
  }
}

import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Outcome } from "../exchange.ts";
import { closeSoon } from "../refuse/refuse.ts";
import { upgradeAnswer } from "./answer.ts";
import { Flight } from "./flight.ts";
import type { Consignment } from "./forwarder.ts";
import type { Line } from "./line.ts";
import { misdirectedOf, misplaced } from "./misplaced.ts";
import { Progress } from "./progress.ts";
import { writeFields } from "./request-fields.ts";
import { upstreamError } from "./upstream-error.ts";
import { NO_MAXIMUM } from "./upstream-request.ts";

/** One upgrade under way, until both sides of the connection are closed. */
export class UpgradeFlight extends Flight {
  readonly #socket: Socket;
  readonly #progress = new Progress();
  #answer: IncomingMessage | undefined;
  /** The answer's own name for it is gone once the answer is whole and its connection kept. */
  #answerSocket: Socket | undefined;
  #wholeAtMs: number | undefined;

  constructor(consignment: Consignment, socket: Socket, line: Line, settle: (outcome: Outcome) => void) {
    super(consignment, line, settle);
    this.#socket = socket;
  }

  start(head: Buffer): void {
    // It is sent once, so it gets the connections that a write gets.
    this.line.kept.dropThoseUnfitForWrites();
    this.line.upgrades(this.consignment.exchange.request, this.#socket, head);
  }

  /** The request has no body, and its socket may not be there yet. */
  upgrading(upstreamRequest: ClientRequest): void {
    if (!this.board(upstreamRequest)) return;
    upstreamRequest.maxHeadersCount = NO_MAXIMUM;
    try {
      writeFields(upstreamRequest, this.consignment.fields);
    } catch (error) {
      this.fail(upstreamError(error, false));
      return;
    }
    upstreamRequest.on("upgrade", (answer, socket: Socket) => this.#upgraded(answer, socket));
    upstreamRequest.on("response", (answer) => this.#refused(answer));
  }

  override failed(cause: unknown): void {
    if (this.#answer?.complete === true) return;
    this.fail(upstreamError(cause, this.upstreamMs !== undefined));
  }

  override look(nowMs: number): void {
    const { limits } = this.consignment;
    const socket = this.#answerSocket;
    if (this.upstreamMs === undefined) {
      if (nowMs - this.startedAtMs >= limits.connectMs + limits.deadlineMs) this.tooLate("BYN-PROXY-013");
    } else if (this.#answer?.complete === true) {
      // All that is left is a client that does not read.
      this.#wholeAtMs ??= nowMs;
      if (nowMs - this.#wholeAtMs >= limits.idleMs) this.#socket.destroy();
    } else if (socket !== undefined && this.#progress.stillMs(socket, nowMs) >= limits.idleMs) {
      this.fail(new BanyanError("BYN-PROXY-024", "nothing moved on the upstream's connection for too long"));
    }
  }

  protected override isWhole(): boolean {
    return this.status !== 0;
  }

  protected override hasBegun(): boolean {
    return this.upstreamMs !== undefined;
  }

  #upgraded(answer: IncomingMessage, upstream: Socket): void {
    const { request } = this.consignment.exchange;
    if (this.isFinished()) {
      upstream.destroy();
      return;
    }
    const { headers, statusCode } = answer;
    if (statusCode !== 101 || headers.upgrade?.toLowerCase() !== request.headers.upgrade?.toLowerCase()) {
      upstream.destroy();
      this.fail(
        new BanyanError("BYN-PROXY-012", "the upstream switched to a protocol that was not asked for"),
      );
      return;
    }
    this.answered();
    // From here on it is the two ends' business how long they are silent.
    this.line.watch.delete(this);
    this.status = 101;
    answer.headers = upgradeAnswer(answer, this.consignment.answer);
    // A connection that ends without a FIN must end the other one too.
    upstream.once("close", () => this.#socket.destroy());
    this.#socket.once("close", () => upstream.destroy());
  }

  #refused(answer: IncomingMessage): void {
    if (this.isFinished()) return;
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 999) {
      this.fail(new BanyanError("BYN-PROXY-012", `the upstream's status is ${status}`));
      return;
    }
    const said = misdirectedOf(answer);
    if (said !== undefined) {
      this.fail(misplaced(said));
      return;
    }
    this.answered();
    this.status = status;
    this.#answer = answer;
    this.#answerSocket = answer.socket;
    this.#socket.once("finish", () => closeSoon(this.#socket));
    answer.statusMessage = "";
    answer.headers = upgradeAnswer(answer, this.consignment.answer);
    const brokenOff = () => {
      if (!answer.complete) this.fail(upstreamError(undefined, true));
    };
    answer.once("aborted", brokenOff);
    answer.once("close", brokenOff);
  }
}

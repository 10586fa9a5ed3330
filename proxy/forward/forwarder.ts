import type { IncomingMessage } from "node:http";
import type { Exchange, Outcome } from "../exchange.ts";
import type { Limits } from "../match/routing.ts";
import type { AnswerFields } from "./answer.ts";
import type { RequestFacts, RequestFields } from "./request-fields.ts";

/** What is to be forwarded where. `exchange.request` already has the canonical URL. */
export interface Consignment {
  readonly exchange: Exchange;
  /** The upstream's origin, one of banyan.yaml. */
  readonly upstream: string;
  readonly limits: Limits;
  /** The header that goes to the upstream. */
  readonly fields: RequestFields;
  /** What the fields were made by; trailers are judged by the same. */
  readonly facts: RequestFacts;
  readonly answer: AnswerFields;
  /** For requests to owned capabilities only. */
  readonly held?: HeldConsignment;
}

/** A body that is not kept: its upstream is asked by `Expect: 100-continue` first, and it goes to one only. */
export interface PassingBody {
  /** What was read of it before it turned out to be too large; the rest is in the request. */
  readonly begun: Buffer;
  /** True from its first byte on the way to an upstream: then it is gone. */
  spent: boolean;
}

/** A request that another side may yet be asked for. */
export interface HeldConsignment {
  /** A kept one was read whole before. */
  readonly body: Buffer | PassingBody;
  /**
   * The upstream's header is there and nothing of it was passed on. True: it is our own 421, and must not be; the
   * promise then resolves with `status: 421` while the client's side goes on.
   */
  readonly withholds: (answer: IncomingMessage) => boolean;
}

/**
 * Carries a request to an upstream and its answer back. Each request is sent once; only a safe one without a body,
 * whose kept connection broke before the first byte of an answer, is sent once more to the same upstream. The promise
 * resolves when the client's side is over and never rejects: what goes wrong before the answer began is answered as a
 * problem document, and afterwards the client's connection is reset. Adapters: http-forwarder.ts.
 */
export interface Forwarder {
  forward(consignment: Consignment): Promise<Outcome>;
  upgrade(consignment: Consignment): Promise<Outcome>;
  /** Ends all connections to upstreams, those in use too. */
  close(): void;
}

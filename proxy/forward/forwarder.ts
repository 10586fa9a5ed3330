import type { Exchange, Outcome } from "../exchange.ts";
import type { Limits } from "../match/routing.ts";
import type { AnswerFields } from "./answer.ts";

/** What is to be forwarded where. `exchange.request` already has the canonical URL and the outgoing header fields. */
export interface Consignment {
  readonly exchange: Exchange;
  /** The upstream's origin, one of banyan.yaml. */
  readonly upstream: string;
  readonly limits: Limits;
  readonly answer: AnswerFields;
}

/**
 * Carries a request to an upstream and its answer back. Each request is sent at most once. The promise resolves when
 * the client's side is over and never rejects: what goes wrong before the answer began is answered as a problem
 * document, and afterwards the client's connection is reset. Adapters: hpm-forwarder.ts.
 */
export interface Forwarder {
  forward(consignment: Consignment): Promise<Outcome>;
  upgrade(consignment: Consignment): Promise<Outcome>;
  /** Ends all connections to upstreams, those in use too. */
  close(): void;
}

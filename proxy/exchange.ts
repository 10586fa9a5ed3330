import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Route } from "@banyan/platform/settings/route.ts";
import type { Decision, UNDECIDED } from "./decide/decide.ts";
import type { HeldFacts } from "./hold/hold.ts";
import type { Capability } from "./match/routing.ts";
import type { ExchangeTrace } from "./observe/trace.ts";

/** Who answers: a response for a plain request, the bare socket for an upgrade. */
export type Client =
  | { readonly kind: "response"; readonly response: ServerResponse }
  | { readonly kind: "socket"; readonly socket: Duplex; readonly head: Buffer };

/** How an answer ended, seen from the client. */
export interface Outcome {
  /** Zero when the client left before any answer. */
  readonly status: number;
  /** Bytes of body that went to the client; of an upgraded connection, none are counted. */
  readonly bytes: number;
  /** From handing the request over to the upstream's status line; undefined when there was none. */
  readonly upstreamMs: number | undefined;
  readonly ended: "complete" | "client-left" | "broken-off";
  /** True when a kept connection was found dead, and the request was sent once more on a fresh one. */
  readonly sentAgain: boolean;
  /** Why it was broken off. */
  readonly error?: BanyanError | undefined;
}

/** One request on its way through the passes. Each pass fills in its own part, and reads those before it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly client: Client;
  readonly startedAtMs: number;
  /** True while the client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;

  // identify
  requestId: string;
  /** True when the peer's address is in `trust`. */
  trusted: boolean;
  /** How many Banyan proxies it has passed before this one. */
  hops: number;
  /** Undefined while tracing is off. */
  trace: ExchangeTrace | undefined;
  /** True for holders of the debug token. */
  debug: boolean;

  // match
  /** The canonical path, without the query. */
  path: string;
  /** The query with its `?`, or nothing. */
  search: string;
  capability: Capability | undefined;
  /** The pattern that matched, for logs. */
  route: string | undefined;
  /** How that route finds who may answer, where writes are owned. */
  by: Route["by"];

  // decide
  decision: Decision | typeof UNDECIDED;
  /** Of an owned capability, where the request has a slot key. */
  slot: number | undefined;
  /** A cookie for a visitor whose first decision this was. */
  newVisitorCookie: string | undefined;

  // forward
  /** Set by the first 421 of ours. */
  held: HeldFacts | undefined;
  outcome: Outcome | undefined;

  /** Set when a pass refused the request; the passes between it and `observe` are left out. */
  refusal: BanyanError | undefined;
}

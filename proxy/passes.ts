import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Override } from "@banyan/contracts/http/override.ts";
import { decide, decisionText, dependsOnIdentity, UNDECIDED, UNMATCHED } from "./decide/decide.ts";
import { decideOwned } from "./decide/decide-owned.ts";
import { overrideOf } from "./decide/override.ts";
import type { Exchange } from "./exchange.ts";
import type { Consignment, HeldConsignment } from "./forward/forwarder.ts";
import { type RequestFacts, requestFields } from "./forward/request-fields.ts";
import type { Ground } from "./ground.ts";
import { forwardOwned, retryAfter } from "./hold/owned.ts";
import type { Identity } from "./identify/identity.ts";
import type { Capability } from "./match/routing.ts";
import { readTarget } from "./match/target.ts";
import { accessLine } from "./observe/access-line.ts";
import { requestIdOf } from "./observe/ids.ts";
import { beginTrace } from "./observe/trace.ts";
import { refuse } from "./refuse/refuse.ts";

type Pass = (exchange: Exchange, ground: Ground) => void | Promise<void>;

const MAX_HOPS = 4;
const MAX_HEADER_FIELDS = 200;
/** As Node tells a `checkContinue` from a `checkExpectation`. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;
const FRAMING = ["host", "content-length", "transfer-encoding"] as const;

/** Who asks: the peer, the names it gives, and, once somebody needs to know, the identity. */
function identify(exchange: Exchange, ground: Ground): void {
  const { request } = exchange;
  exchange.trusted = ground.isTrusted(request.socket.remoteAddress);
  exchange.trace = beginTrace(exchange);
  exchange.requestId = requestIdOf(request.headers[HEADERS.requestId], exchange.trusted);
  exchange.debug = ground.isDebugToken(headerOf(exchange, HEADERS.debug));
  exchange.hops = hopsOf(headerOf(exchange, HEADERS.hops));
  if (exchange.hops > MAX_HOPS) {
    throw new BanyanError("BYN-PROXY-009", `the request has passed ${MAX_HOPS} Banyan proxies already`);
  }
  if (request.rawHeaders.length > MAX_HEADER_FIELDS * 2) {
    throw new BanyanError("BYN-PROXY-008", `there are more than ${MAX_HEADER_FIELDS} header fields`);
  }
}

/** What is asked for: one reading of the path, held against `deny`, then against the routes. */
function match(exchange: Exchange, { routing }: Ground): void {
  const { request } = exchange;
  mustBeClear(request);
  const { path, search } = readTarget(request);
  exchange.path = path;
  exchange.search = search;
  const reading = routing.denies(path);
  if (reading === "denied") throw new BanyanError("BYN-PROXY-004", "there is nothing at this address");
  if (reading === "unreadable") {
    throw new BanyanError("BYN-PROXY-001", "the path is refused: it is encoded many times over");
  }
  const found = routing.find(request.method ?? "", path);
  exchange.capability = found?.owner;
  exchange.route = found?.pattern;
  exchange.by = found?.by ?? "key";
}

/** Which side answers, and why. */
function decideSide(exchange: Exchange, ground: Ground): void | Promise<void> {
  const { routing, overrideKey, nowMs } = ground;
  const isCapability = (name: string) => routing.capabilities.has(name);
  const override = overrideOf(headerOf(exchange, HEADERS.override), overrideKey, isCapability, nowMs());
  const { capability } = exchange;
  if (capability === undefined) {
    exchange.decision = UNMATCHED;
    return;
  }
  if (capability.owned === undefined) return decideByFlag(exchange, ground, capability, override);
  return decideOwned(exchange, ground, capability, capability.owned.slotKey, override);
}

function decideByFlag(
  exchange: Exchange,
  ground: Ground,
  capability: Capability,
  override: Override | undefined,
): void | Promise<void> {
  const { flags } = ground;
  const intent = flags.intentOf(capability.name);
  const settle = (identity: Identity | undefined) => {
    exchange.decision = decide(capability.name, identity?.key, intent, override);
    exchange.newVisitorCookie = identity?.setCookie;
  };
  // Who it is costs something to find out, so it is only asked when the decision depends on it.
  const identity = dependsOnIdentity(capability.name, intent, override)
    ? ground.identify(exchange.request, exchange.trusted)
    : undefined;
  if (identity instanceof Promise) return identity.then(settle);
  settle(identity);
}

/** Hands the request over and waits until the client's side is over. */
async function forward(exchange: Exchange, ground: Ground): Promise<void> {
  const { request, client, capability, decision } = exchange;
  const limits = capability?.limits ?? ground.routing.limits;
  boundBody(exchange, limits.bodyBytes);
  if (client.kind === "response" && exchange.expectsContinue) client.response.writeContinue();
  request.url = exchange.path + exchange.search;
  const given = request.headers;
  // The library that carries upgrades sees no more than framing; the header is written from `fields`.
  if (client.kind === "socket") request.headers = framingOf(given);
  if (capability?.owned !== undefined && exchange.by !== "stale" && client.kind === "response") {
    await forwardOwned(exchange, ground, {
      capability,
      hold: capability.owned.hold,
      bodyBytes: limits.bodyBytes,
      first: decision.side === "extracted" ? "extracted" : "monolith",
      consign: (held) => consignmentOf(exchange, ground, given, held),
    });
    return;
  }
  const way = client.kind === "socket" ? "upgrade" : "forward";
  exchange.outcome = await ground.forwarder[way](consignmentOf(exchange, ground, given));
}

function consignmentOf(
  exchange: Exchange,
  ground: Ground,
  given: IncomingHttpHeaders,
  held?: HeldConsignment,
): Consignment {
  const { request, client, capability, decision } = exchange;
  const upstream =
    decision.side === "extracted" && capability !== undefined ? capability.upstream : ground.routing.monolith;
  const facts: RequestFacts = {
    peer: request.socket.remoteAddress ?? "unknown",
    trusted: exchange.trusted,
    requestId: exchange.requestId,
    hops: exchange.hops,
    upgrade: client.kind === "socket",
    trace: exchange.trace?.forward(upstream),
    identityHeaders: ground.identityHeaders,
  };
  return {
    exchange,
    upstream,
    limits: capability?.limits ?? ground.routing.limits,
    fields: requestFields(request.rawHeaders, given, facts),
    facts,
    answer: {
      always: { [HEADERS.requestId]: exchange.requestId, ...explanation(exchange, ground) },
      privateCookie: exchange.newVisitorCookie,
      closing: ground.isStopping(),
    },
    ...(held === undefined ? {} : { held }),
  };
}

/** One access line and the metrics, for every exchange, refused or not. */
function observe(exchange: Exchange, { metrics, log }: Ground): void {
  const { trace } = exchange;
  const line = accessLine(exchange, performance.now());
  const said = trace === undefined ? line : { ...line, ...trace.ids };
  metrics.end({
    side: line.side,
    reason: line.reason,
    capability: line.capability ?? "none",
    status: line.status,
    ended: line.ended,
    durationS: line.durationMs / 1_000,
    code: line.code,
  });
  if (exchange.held !== undefined) metrics.held(line.capability ?? "none", exchange.held.outcome);
  const error = exchange.refusal ?? exchange.outcome?.error;
  trace?.end(line, error);
  if (error !== undefined && line.status >= 500)
    log.error({ ...said, err: error.cause ?? error }, error.detail);
  else log.info(said, "request");
}

/** The proxy, in order. A pass that throws ends the exchange with a problem document; `observe` runs always. */
export const PASSES: readonly { readonly name: string; readonly pass: Pass }[] = [
  { name: "identify", pass: identify },
  { name: "match", pass: match },
  { name: "decide", pass: decideSide },
  { name: "forward", pass: forward },
  { name: "observe", pass: observe },
];

/** Runs an exchange through all passes. Never rejects. */
export async function runPasses(exchange: Exchange, ground: Ground): Promise<void> {
  ground.metrics.begin();
  for (const { name, pass } of PASSES) {
    if (exchange.refusal !== undefined && name !== "observe") continue;
    try {
      const later = pass(exchange, ground);
      if (later !== undefined) await later;
    } catch (thrown) {
      // Broken framing may have been answered already, while a pass was waiting.
      exchange.refusal ??= thrown instanceof BanyanError ? thrown : unexpected(thrown, ground);
      refuse(exchange.request, exchange.client, exchange.refusal, exchange.requestId, {
        ...explanation(exchange, ground),
        ...retryAfter(exchange.refusal),
      });
    }
  }
}

function unexpected(cause: unknown, { log }: Ground): BanyanError {
  const error = new BanyanError("BYN-PROXY-018", "an unexpected error; see the log", { cause });
  log.error({ err: cause, code: error.code }, "a pass failed");
  return error;
}

/** The side, where it was asked for or chosen by an override; the whole decision for holders of the debug token. */
function explanation(exchange: Exchange, { showSide }: Ground): Record<string, string> {
  const { decision, debug } = exchange;
  return {
    ...((showSide && decision !== UNDECIDED) || decision.reason === "override"
      ? { [HEADERS.side]: decision.side }
      : {}),
    ...(debug ? { [HEADERS.decision]: decisionText(decision) } : {}),
  };
}

/** What must not be guessed about a request as a whole, before anything else of it is read. */
function mustBeClear({ headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): void {
  const isOld = httpVersionMajor === 1 && httpVersionMinor === 0;
  // HTTP/1.0 knows no transfer codings: somebody on the way may have taken the body for a second request (RFC 9112 §6.1).
  if (isOld && headers["transfer-encoding"] !== undefined) {
    throw new BanyanError("BYN-PROXY-015", "an HTTP/1.0 request has a Transfer-Encoding");
  }
  // RFC 9110 §10.1.1; in HTTP/1.0 it has no meaning.
  if (!isOld && headers.expect !== undefined && !CONTINUE.test(headers.expect)) {
    throw new BanyanError("BYN-PROXY-028", "the only expectation that is met is 100-continue");
  }
}

function boundBody({ request }: Exchange, bodyBytes: number): void {
  if (Number(request.headers["content-length"] ?? 0) > bodyBytes) {
    throw new BanyanError("BYN-PROXY-007", `the body has more than ${bodyBytes} bytes`);
  }
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw new BanyanError("BYN-PROXY-017", "only `Transfer-Encoding: chunked` is served");
  }
}

function framingOf(given: IncomingHttpHeaders): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { upgrade: given.upgrade };
  for (const name of FRAMING) if (given[name] !== undefined) headers[name] = given[name];
  return headers;
}

function headerOf({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** What is not a small number counts as too many: nobody but a proxy of ours writes this field. */
function hopsOf(given: string | undefined): number {
  if (given === undefined) return 0;
  return /^\d{1,3}$/.test(given) ? Number(given) : MAX_HOPS + 1;
}

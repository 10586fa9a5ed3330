import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { decide, decisionText, dependsOnIdentity } from "./decide/decide.ts";
import { overrideOf } from "./decide/override.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./forward/request-headers.ts";
import type { Ground } from "./ground.ts";
import { readTarget } from "./match/target.ts";
import { accessLine } from "./observe/access-line.ts";
import { newTraceparent, requestIdOf } from "./observe/ids.ts";
import { refuse } from "./refuse/refuse.ts";

type Pass = (exchange: Exchange, ground: Ground) => void | Promise<void>;

const MAX_HOPS = 4;
const MAX_HEADER_FIELDS = 200;

/** Who asks: the peer, the names it gives, and, once somebody needs to know, the identity. */
function identify(exchange: Exchange, ground: Ground): void {
  const { request } = exchange;
  exchange.trusted = ground.isTrusted(request.socket.remoteAddress);
  exchange.requestId = requestIdOf(request.headers[HEADERS.requestId], exchange.trusted);
  exchange.debug = ground.isDebugToken(headerOf(exchange, HEADERS.debug));
  exchange.identity = () => ground.identify(request, exchange.trusted);
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
  const { path, search } = readTarget(request);
  exchange.path = path;
  exchange.search = search;
  if (routing.isDenied(path)) throw new BanyanError("BYN-PROXY-004", "there is nothing at this address");
  const found = routing.find(request.method ?? "", path);
  exchange.capability = found?.owner;
  exchange.route = found?.pattern;
}

/** Which side answers, and why. */
function decideSide(exchange: Exchange, ground: Ground): void | Promise<void> {
  const { routing, flags, overrideKey, nowMs } = ground;
  const isCapability = (name: string) => routing.capabilities.has(name);
  const override = overrideOf(headerOf(exchange, HEADERS.override), overrideKey, isCapability, nowMs());
  const { capability } = exchange;
  if (capability === undefined) return;
  const intent = flags.intentOf(capability.name);
  const settle = (identity: Awaited<ReturnType<Exchange["identity"]>>) => {
    exchange.decision = decide(capability.name, identity?.key, intent, override);
    exchange.newVisitorCookie = identity?.setCookie;
  };
  if (!dependsOnIdentity(capability.name, intent, override)) {
    settle(undefined);
    return;
  }
  const identity = exchange.identity();
  if (identity instanceof Promise) return identity.then(settle);
  settle(identity);
}

/** Hands the request over and waits until the client's side is over. It is sent once; nothing is repeated. */
async function forward(exchange: Exchange, ground: Ground): Promise<void> {
  const { request, client, capability, decision } = exchange;
  const limits = capability?.limits ?? ground.routing.limits;
  boundBody(exchange, limits.bodyBytes);
  if (client.kind === "response" && exchange.expectsContinue) client.response.writeContinue();
  request.url = exchange.path + exchange.search;
  request.headers = requestHeaders(request.headers, {
    peer: request.socket.remoteAddress ?? "unknown",
    trusted: exchange.trusted,
    requestId: exchange.requestId,
    hops: exchange.hops,
    upgrade: client.kind === "socket",
    newTraceparent,
    identityHeaders: ground.identityHeaders,
  });
  const upstream =
    decision.side === "extracted" && capability !== undefined ? capability.upstream : ground.routing.monolith;
  const consignment = {
    exchange,
    upstream,
    limits,
    answer: {
      always: { [HEADERS.requestId]: exchange.requestId, ...explanation(exchange, ground) },
      privateCookie: exchange.newVisitorCookie,
      closing: ground.isStopping(),
    },
  };
  const way = client.kind === "socket" ? "upgrade" : "forward";
  exchange.outcome = await ground.forwarder[way](consignment);
}

/** One access line and the metrics, for every exchange, refused or not. */
function observe(exchange: Exchange, { metrics, log }: Ground): void {
  const line = accessLine(exchange, performance.now());
  metrics.end({
    side: line.side,
    capability: line.capability ?? "none",
    status: line.status,
    durationS: line.durationMs / 1_000,
    code: line.code,
  });
  const error = exchange.refusal ?? exchange.outcome?.error;
  if (error !== undefined && line.status >= 500)
    log.error({ ...line, err: error.cause ?? error }, error.detail);
  else log.info(line, "request");
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
      exchange.refusal = thrown instanceof BanyanError ? thrown : unexpected(thrown, ground);
      refuse(
        exchange.request,
        exchange.client,
        exchange.refusal,
        exchange.requestId,
        explanation(exchange, ground),
      );
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
    ...(showSide || decision.reason === "override" ? { [HEADERS.side]: decision.side } : {}),
    ...(debug ? { [HEADERS.decision]: decisionText(decision) } : {}),
  };
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

function headerOf({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** What is not a small number counts as too many: nobody but a proxy of ours writes this field. */
function hopsOf(given: string | undefined): number {
  if (given === undefined) return 0;
  return /^\d{1,3}$/.test(given) ? Number(given) : MAX_HOPS + 1;
}

import type { Exchange } from "../exchange.ts";

/** One line for each request. The query is left out: it may hold what nobody wants in a log. */
export interface AccessLine {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly side: string;
  readonly capability: string | undefined;
  readonly reason: string;
  readonly durationMs: number;
  readonly upstreamMs: number | undefined;
  readonly bytes: number;
  readonly ended: string;
  /** True when the request met a kept connection that was dead, and was sent once more. */
  readonly sentAgain: true | undefined;
  /** Of a request that met our 421: sendings after the first, and how long it was held. */
  readonly repeats: number | undefined;
  readonly heldMs: number | undefined;
  readonly code: string | undefined;
}

export function accessLine(exchange: Exchange, nowMs: number): AccessLine {
  const { request, outcome, decision, capability, refusal } = exchange;
  return {
    requestId: exchange.requestId,
    method: request.method ?? "",
    path: exchange.path,
    route: exchange.route,
    status: refusal?.entry.status ?? outcome?.status ?? 0,
    side: decision.side,
    capability: capability?.name,
    reason: decision.reason,
    durationMs: rounded(nowMs - exchange.startedAtMs),
    upstreamMs: outcome?.upstreamMs === undefined ? undefined : rounded(outcome.upstreamMs),
    bytes: outcome?.bytes ?? 0,
    ended: refusal === undefined ? (outcome?.ended ?? "complete") : "refused",
    sentAgain: outcome?.sentAgain === true ? true : undefined,
    repeats: exchange.held?.repeats,
    heldMs: exchange.held === undefined ? undefined : rounded(exchange.held.ms),
    code: refusal?.code ?? outcome?.error?.code,
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/*
 * A virtual customer's hands: sends the requests of a journey with k6, keeps its cookies, thinks. Used by the journey's
 * own scenario and by the duet's background.
 */
import { sleep } from "k6";
import http, { type RefinedResponse, type ResponseType } from "k6/http";
import { thinkingMs } from "../journey/pace.ts";
import type { JourneyAnswer, JourneyIo, JourneyRequest, JourneyWrong } from "../journey/walk.ts";

export interface CustomerSettings {
  readonly base: string;
  /** Asked for each request: the background's side changes when the duet begins. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** A session cookie's value; undefined for a visitor. Secret. */
  readonly session: string | undefined;
  readonly requestTimeoutMs: number;
  /** Mean time to think for each request of a view; 0 asks on at once. */
  readonly thinkMs: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** What came back, with the moment at which it was asked for (milliseconds since the epoch). */
  readonly seen: (
    request: JourneyRequest,
    wrong: JourneyWrong,
    response: RefinedResponse<ResponseType>,
    askedAtMs: number,
  ) => void;
}

export function customerIo(settings: CustomerSettings): JourneyIo {
  let last: { readonly response: RefinedResponse<ResponseType>; readonly askedAtMs: number } | undefined;
  return {
    ask: (request) => {
      const askedAtMs = Date.now();
      const response = send(settings, request);
      last = { response, askedAtMs };
      return answerOf(response);
    },
    judged: (request, wrong) => {
      if (last !== undefined) settings.seen(request, wrong, last.response, last.askedAtMs);
    },
    think: (requests) => {
      const ms = thinkingMs(settings.thinkMs, requests, settings.random());
      if (ms > 0) sleep(ms / 1000);
    },
  };
}

function send(settings: CustomerSettings, { method, path, body, route }: JourneyRequest) {
  const safe = method === "GET";
  return http.request(method, settings.base + path, body === undefined ? null : JSON.stringify(body), {
    headers: {
      ...settings.headers(),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      // What a browser says of a form on the shop's own page; without it a change is refused as forged.
      ...(safe ? {} : { "sec-fetch-site": "same-origin" }),
    },
    ...(settings.session === undefined
      ? {}
      : { cookies: { session: { value: settings.session, replace: true } } }),
    // Without a name of its own every path would be a time series of k6's metrics.
    tags: { name: route },
    responseType: "text",
    timeout: settings.requestTimeoutMs,
  });
}

/** Only JSON is read; an answer that did not arrive whole has no status. */
export function answerOf(response: RefinedResponse<ResponseType>): JourneyAnswer {
  const { status, error_code: code, body } = response;
  // k6's error codes 1400–1599 say that the answer itself is a 4xx or 5xx; all others that it did not arrive whole.
  if (code !== 0 && (code < 1400 || code >= 1600)) return { status: 0, json: undefined };
  try {
    return { status, json: typeof body === "string" ? JSON.parse(body) : undefined };
  } catch {
    return { status, json: undefined };
  }
}

/** From the first byte sent to the last one received, and what it took to get a connection where there was none. */
export function latencyOf({ timings }: RefinedResponse<ResponseType>): number {
  return timings.duration + timings.connecting + timings.tls_handshaking;
}

/** A header's value without what would need escaping in k6's CSV of `name=value&…`, cut to what is of use. */
export function headerOf(response: RefinedResponse<ResponseType>, name: string, most = 32): string {
  const wanted = name.toLowerCase();
  for (const found of Object.keys(response.headers)) {
    if (found.toLowerCase() === wanted)
      return (response.headers[found] ?? "")
        .replaceAll("=", ":")
        .replace(/[^\w.;:-]/g, "_")
        .slice(0, most);
  }
  return "";
}

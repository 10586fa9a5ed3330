import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { PROBLEM_CONTENT_TYPE } from "@banyan/contracts/errors/problem.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { tracedFetch } from "@banyan/platform/telemetry/client.ts";
import type { Request } from "express";
import type { z } from "zod";
import { bytesOf } from "./bytes.ts";
import { type CookieJar, cookieJar } from "./cookie-jar.ts";
import { refusedOf } from "./refused.ts";

/** The shop's API as one visitor's browser would ask it. Errors: `Refused`, and BYN-SHOP-040, -041, -042. */
export interface Api {
  get<Schema extends z.ZodType>(path: string, schema: Schema, bounds?: Bounds): Promise<z.output<Schema>>;
  /** For changes; `schema` is undefined where nothing of the answer is needed. */
  send<Schema extends z.ZodType>(change: Change<Schema>, bounds?: Bounds): Promise<z.output<Schema>>;
  /** The bytes of an answer of this media type. */
  file(path: string, mediaType: string, bounds?: Bounds): Promise<Buffer>;
  readonly cookies: CookieJar;
  /** Who answered so far, in order: `products` by `extracted`; only what a proxy names. */
  served(): readonly string[];
}

export interface Change<Schema extends z.ZodType> {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly schema: Schema;
}

export interface Bounds {
  /** For the whole answer, in milliseconds. */
  readonly deadlineMs?: number;
  /** Of the answer's body. */
  readonly maxBytes?: number;
}

const DEADLINE_MS = 5_000;
const MAX_JSON_BYTES = 2_000_000;

/** Text as one segment of a path. What a URL would take for a way upwards names nothing: BYN-SHOP-003. */
export function segment(text: string): string {
  if (text === "." || text === ".." || !text.isWellFormed())
    throw new BanyanError("BYN-SHOP-003", "there is nothing at this address");
  return encodeURIComponent(text);
}

/** Of the browser's own headers, those that say on whose behalf and in which trace we ask (W3C Trace Context §3). */
const PASSED = [HEADERS.requestId, HEADERS.traceparent, "tracestate"];

/** The API at `base`, for the browser that sent `request`. */
export function apiFor(
  request: Request,
  {
    base,
    deadlineMs: usual = DEADLINE_MS,
  }: { readonly base: string; readonly deadlineMs?: number | undefined },
): Api {
  const cookies = cookieJar(request.get("cookie"));
  const given = headersFrom(request);
  const sides = new Set<string>();

  const exchange = async (
    path: string,
    init: RequestInit,
    { deadlineMs = usual, maxBytes = MAX_JSON_BYTES }: Bounds,
  ) => {
    const headers = new Headers(given);
    const cookie = cookies.header();
    if (cookie !== undefined) headers.set("cookie", cookie);
    if (typeof init.body === "string") headers.set("content-type", "application/json");
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const answer = await tracedFetch(base + path, { ...init, headers, signal, redirect: "manual" });
      const body = await bytesOf(answer, maxBytes);
      cookies.take(answer.headers.getSetCookie());
      const side = answer.headers.get(HEADERS.side);
      if (side !== null) sides.add(`${path.split(/[/?]/)[2] ?? ""} by ${side}`);
      if (answer.ok) return { answer, body };
      const refused =
        mediaTypeOf(answer) === PROBLEM_CONTENT_TYPE
          ? refusedOf(body, answer.headers.get("retry-after"))
          : undefined;
      throw refused ?? new BanyanError("BYN-SHOP-042", `${path} answered ${answer.status} without a reason`);
    } catch (cause) {
      throw cause instanceof BanyanError ? cause : failureOf(path, cause, deadlineMs);
    }
  };

  // A browser that brings no cookie may be given one by the first answer (a visitor's name, say). The other requests of
  // the page wait for it, so that they are not each taken for another stranger.
  let first: Promise<unknown> | undefined = cookies.header() === undefined ? undefined : Promise.resolve();
  const inTurn: typeof exchange = async (path, init, bounds) => {
    const before = first;
    if (before !== undefined) {
      await before;
      return exchange(path, init, bounds);
    }
    const asked = exchange(path, init, bounds);
    first = asked.catch(() => undefined);
    return asked;
  };

  return {
    get: async (path, schema, bounds = {}) => {
      const { answer, body } = await inTurn(path, { method: "GET" }, bounds);
      return parsed(path, schema, answer, body);
    },
    send: async ({ method, path, body, schema }, bounds = {}) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const { answer, body: bytes } = await inTurn(path, init, bounds);
      return answer.status === 204 ? schema.parse(undefined) : parsed(path, schema, answer, bytes);
    },
    file: async (path, mediaType, bounds = {}) => {
      const { answer, body } = await inTurn(path, { method: "GET" }, bounds);
      if (mediaTypeOf(answer) === mediaType) return body;
      throw new BanyanError("BYN-SHOP-042", `${path} did not answer ${mediaType}`);
    },
    cookies,
    served: () => [...sides],
  };
}

/**
 * We stand between browser and API as a proxy does, so we say for whom (RFC 7239 §1). The guard has seen to it that the
 * browser was on one of our own pages (platform/http/cross-site.ts), so what we ask for is of this site.
 */
function headersFrom(request: Request): Record<string, string> {
  const headers: Record<string, string> = {
    accept: "application/json",
    "sec-fetch-site": "same-origin",
    "x-forwarded-proto": request.protocol,
  };
  if (request.ip !== undefined) headers["x-forwarded-for"] = request.ip;
  if (request.host) headers["x-forwarded-host"] = request.host;
  for (const name of PASSED) {
    const value = request.get(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function parsed<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  answer: Response,
  body: Buffer,
): z.output<Schema> {
  try {
    if (mediaTypeOf(answer) !== "application/json") throw new Error(`it is ${mediaTypeOf(answer)}`);
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw new BanyanError("BYN-SHOP-042", `${path} did not answer as its contract says`, { cause });
  }
}

function mediaTypeOf(answer: Response): string {
  return (answer.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function failureOf(path: string, cause: unknown, deadlineMs: number): BanyanError {
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new BanyanError("BYN-SHOP-041", `${path} had no answer within ${deadlineMs} ms`, { cause });
  }
  // undici's own parser does not export its error's class.
  const reason = cause instanceof Error ? cause.cause : undefined;
  if (reason instanceof Error && reason.name === "HTTPParserError") {
    return new BanyanError("BYN-SHOP-042", `${path} did not answer in HTTP`, { cause });
  }
  return new BanyanError("BYN-SHOP-040", `${path} could not be asked`, { cause });
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { tracedFetch } from "@banyan/platform/telemetry/client.ts";
import type { z } from "zod";

/** One of the shop's own services, behind the proxy. */
export interface Service {
  /** For messages: `the inventory`. */
  readonly name: string;
  /** Where it is asked, now: the proxy once there is one. */
  readonly base: () => string;
  readonly token: string;
  /** Of all tries together. */
  readonly deadlineMs: number;
  /** How often a request may be sent. Default 1. */
  readonly tries?: number;
}

/** Safe or idempotent, all of them: what is asked twice is done once. */
export interface Asked {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

const TRIES = 3;
const PAUSE_MS = 100;
/** The proxy's words for a side that was cut off or is away, and a side's for its database. */
const PASSING: readonly number[] = [502, 503, 504];

/**
 * For the steps of a checkout: one broken connection costs no customer the order. Who is away for longer is asked later, by
 * whoever resumes.
 */
export function patient(service: Service): Service {
  return { ...service, tries: TRIES };
}

/**
 * Asks, and again, where there may be more tries, if the answer was cut, was not to be had, or says that it passes. None
 * after that, and any that is neither a 2xx nor among `known`, is BYN-SHOP-032. The answer is here as a whole.
 */
export async function ask(service: Service, asked: Asked, known: readonly number[]): Promise<Response> {
  const deadline = AbortSignal.timeout(service.deadlineMs);
  for (let tries = 1; ; tries++) {
    const again = () => tries < (service.tries ?? 1) && !deadline.aborted;
    try {
      const answer = await send(service, asked, deadline);
      if (answer.ok || known.includes(answer.status)) return answer;
      if (!PASSING.includes(answer.status) || !again())
        throw noAnswer(service.name, `it answered ${answer.status}`);
    } catch (cause) {
      if (cause instanceof BanyanError) throw cause;
      if (!again()) throw noAnswer(service.name, "it can't be reached, or did not answer in time", cause);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function send(
  { base, token }: Service,
  { method, path, body }: Asked,
  signal: AbortSignal,
): Promise<Response> {
  const answer = await tracedFetch(new URL(path, base()), {
    method,
    redirect: "error",
    signal,
    headers: {
      [HEADERS.service]: token,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status, headers } = answer;
  const bytes = await answer.arrayBuffer();
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, headers });
}

/** The answer's body by its schema; one that does not fit is BYN-SHOP-032. */
export async function read<Schema extends z.ZodType>(
  { name }: Service,
  answer: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  try {
    return schema.parse(await answer.json());
  } catch (cause) {
    throw noAnswer(name, "its answer can't be read", cause);
  }
}

function noAnswer(name: string, why: string, cause?: unknown): BanyanError {
  return new BanyanError("BYN-SHOP-032", `${name}: ${why}`, cause === undefined ? {} : { cause });
}

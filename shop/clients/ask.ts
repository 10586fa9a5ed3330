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
  readonly deadlineMs: number;
}

export interface Asked {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

/** Asks; no answer, and any that is neither a 2xx nor among `known`, is BYN-SHOP-032. */
export async function ask(
  { name, base, token, deadlineMs }: Service,
  { method, path, body }: Asked,
  known: readonly number[],
): Promise<Response> {
  let answer: Response;
  try {
    answer = await tracedFetch(new URL(path, base()), {
      method,
      redirect: "error",
      signal: AbortSignal.timeout(deadlineMs),
      headers: {
        [HEADERS.service]: token,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw noAnswer(name, "it can't be reached, or did not answer in time", cause);
  }
  if (answer.ok || known.includes(answer.status)) return answer;
  await answer.body?.cancel();
  throw noAnswer(name, `it answered ${answer.status}`);
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

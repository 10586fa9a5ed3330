import { randomUUID } from "node:crypto";
import type { Card } from "@banyan/contracts/http/charges.ts";
import { IDEMPOTENCY_KEY } from "@banyan/contracts/http/idempotency.ts";

export const DEMO_CARD: Card = { number: "4242424242424242", expiry: "12/39", cvc: "123" };

/** What came of one checkout, under one idempotency key. */
export interface Bought {
  readonly key: string;
  /** Of the order, when there is one. */
  readonly orderId: string | undefined;
  /** `placed`: acknowledged · `refused`: for a reason of the shop's own · `unknown`: given up without an answer. */
  readonly end: "placed" | "refused" | "unknown";
  /** The last answer: a status, and a code where it was a refusal. */
  readonly status: number;
  readonly code: string | undefined;
  /** Its `Server-Timing`, as the shop says it. */
  readonly timing: string;
  /** Requests sent under this key. */
  readonly tries: number;
  /** From the first request to the answer that counted. */
  readonly ms: number;
}

export interface BuyerOptions {
  /** Where everyone asks: the proxy. */
  readonly url: string;
  readonly session: string;
  readonly requestTimeoutMs: number;
  /** How often a request without an end is sent again, under its key. */
  readonly tries: number;
  /** Given up at once: nobody waits for what comes of it. */
  readonly signal?: AbortSignal;
}

const SHIP_TO = {
  name: "Ada Byron",
  street: "12 St James's Square",
  postcode: "1000",
  city: "London",
  country: "GB",
};
const PAUSE_MS = 250;

/** A customer who puts things into the cart and checks out, and sends the same again, under the same key, until it is answered. */
export class Buyer {
  readonly #options: BuyerOptions;

  constructor(options: BuyerOptions) {
    this.#options = options;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
    const { url, session, requestTimeoutMs, signal } = this.#options;
    const late = AbortSignal.timeout(requestTimeoutMs);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        cookie: `session=${session}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : readJson(text) };
  }

  /** @throws when the cart can't be reached */
  async fillCart(sku: string, quantity = 1): Promise<void> {
    const { status } = await this.send("PUT", `/api/cart/lines/${encodeURIComponent(sku)}`, { quantity });
    if (status !== 200) throw new Error(`the cart answered ${status}`);
  }

  /** Checks out what is in the cart. Never throws: what has no end in time is `unknown`. */
  async checkOut(card: Card = DEMO_CARD, key: string = randomUUID()): Promise<Bought> {
    const began = performance.now();
    let last: Pick<Bought, "status" | "code" | "orderId" | "timing"> = {
      status: 0,
      code: undefined,
      orderId: undefined,
      timing: "",
    };
    for (let tries = 1; tries <= this.#options.tries && this.#options.signal?.aborted !== true; tries++) {
      const answer = await this.send(
        "POST",
        "/api/orders",
        { shipTo: SHIP_TO, card },
        { [IDEMPOTENCY_KEY]: key },
      ).catch(() => undefined);
      const said = (answer?.body ?? {}) as { id?: string; code?: string };
      last = {
        status: answer?.status ?? 0,
        code: said.code,
        orderId: said.id ?? last.orderId,
        timing: answer?.headers.get("server-timing") ?? "",
      };
      const done = (end: Bought["end"]): Bought => ({
        ...last,
        key,
        end,
        tries,
        ms: performance.now() - began,
      });
      if (answer?.status === 201) return done("placed");
      if (answer !== undefined && isFinal(answer.status, said.code)) return done("refused");
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return { ...last, key, end: "unknown", tries: this.#options.tries, ms: performance.now() - began };
  }
}

/** Under the same key these say the same again; all others are worth another try. */
function isFinal(status: number, code: string | undefined): boolean {
  if (code === "BYN-SHOP-029" || code === "BYN-SHOP-031") return false;
  // Nothing was ordered, and that is kept under the key.
  if (code === "BYN-SHOP-017") return true;
  return status >= 400 && status < 500 && status !== 429;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

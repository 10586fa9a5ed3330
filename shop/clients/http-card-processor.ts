import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { Charge } from "@banyan/contracts/http/charges.ts";
import { tracedFetch } from "@banyan/platform/telemetry/client.ts";
import type { CardProcessor } from "../checkout/partners.ts";

/** After this a charge's fate is unknown, and is asked for by its id. */
const DEADLINE_MS = 5_000;

const DECLINED = 402;
const UNKNOWN = 404;

/** The card processor at `url`, over HTTP. */
export function httpCardProcessor(url: string, deadlineMs = DEADLINE_MS): CardProcessor {
  const ask = async (method: string, id: string, rest = "", body?: unknown): Promise<Response> => {
    try {
      return await tracedFetch(new URL(`/charges/${encodeURIComponent(id)}${rest}`, url), {
        method,
        redirect: "error",
        signal: AbortSignal.timeout(deadlineMs),
        ...(body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw noAnswer("it can't be reached, or did not answer in time", cause);
    }
  };

  const read = async (answer: Response, accepted: readonly number[]): Promise<Charge> => {
    if (!accepted.includes(answer.status)) {
      await answer.body?.cancel();
      throw noAnswer(`it answered ${answer.status}`);
    }
    try {
      return Charge.parse(await answer.json());
    } catch (cause) {
      throw noAnswer("its answer can't be read", cause);
    }
  };

  return {
    charge: async (id, request) => read(await ask("PUT", id, "", request), [200, 201, DECLINED]),
    find: async (id) => {
      const answer = await ask("GET", id);
      if (answer.status !== UNKNOWN) return read(answer, [200]);
      await answer.body?.cancel();
      return undefined;
    },
    refund: async (id) => read(await ask("PUT", id, "/refund"), [200]),
  };
}

function noAnswer(why: string, cause?: unknown): BanyanError {
  return new BanyanError("BYN-SHOP-017", `the card processor: ${why}`, cause === undefined ? {} : { cause });
}

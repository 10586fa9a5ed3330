import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { IDEMPOTENCY_KEY } from "@banyan/contracts/http/idempotency.ts";
import { MISDIRECTED_HEADER } from "@banyan/contracts/http/misdirected.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";

/** A request that came through a tap. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  /** Its idempotency key, when it has one. */
  readonly key: string | undefined;
  /** Undefined until it is answered; 0 when the connection broke instead. */
  status: number | undefined;
  /** What the answer says with our 421. */
  misdirected: string | undefined;
}

export interface Caught {
  /** Resolves when it is there and waits. */
  readonly there: Promise<Passed>;
  release(): void;
}

/**
 * Stands on the wire before one server, notes every request with its answer, and holds one back where a test wants to do
 * something at exactly that moment: `request`: before the server gets it; `answer`: after all of its work was done.
 */
export interface Tap {
  readonly url: string;
  readonly passed: readonly Passed[];
  /** Holds the first request back that is like this. */
  hold(at: "request" | "answer", like: (passed: Passed) => boolean): Caught;
  /** From here on requests go there. */
  to(url: string): void;
  stop(): Promise<void>;
}

interface Holding {
  readonly at: "request" | "answer";
  readonly like: (passed: Passed) => boolean;
  readonly catch: (passed: Passed) => void;
  readonly released: Promise<void>;
}

export async function openTap(): Promise<Tap> {
  const passed: Passed[] = [];
  const holding = new Set<Holding>();
  const releases: (() => void)[] = [];
  let target = "";

  const heldAt = async (at: Holding["at"], one: Passed): Promise<void> => {
    const found = [...holding].find((each) => each.at === at && each.like(one));
    if (found === undefined) return;
    holding.delete(found);
    found.catch(one);
    await found.released;
  };

  const answerOf = async (request: IncomingMessage, one: Passed, response: ServerResponse) => {
    const body = await buffer(request);
    await heldAt("request", one);
    const { hostname, port } = new URL(target);
    const { method, path } = one;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const to = { hostname, port, method, path, headers: request.rawHeaders, agent: false };
      const onward = send(to, resolve);
      onward.on("error", reject);
      onward.end(body);
    });
    const answered = await buffer(answer);
    one.misdirected = answer.headers[MISDIRECTED_HEADER]?.toString();
    one.status = answer.statusCode ?? 0;
    await heldAt("answer", one);
    response.writeHead(one.status, answer.rawHeaders).end(answered);
  };

  const server = createServer((request, response) => {
    const { method = "", url: path = "", headers } = request;
    const key = headers[IDEMPOTENCY_KEY]?.toString();
    const one: Passed = { method, path, key, status: undefined, misdirected: undefined };
    passed.push(one);
    response.on("error", () => {});
    answerOf(request, one, response).catch(() => {
      one.status ??= 0;
      response.destroy();
    });
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  return {
    url,
    passed,
    hold: (at, like) => {
      const there = Promise.withResolvers<Passed>();
      const released = Promise.withResolvers<void>();
      releases.push(released.resolve);
      holding.add({ at, like, catch: there.resolve, released: released.promise });
      return { there: there.promise, release: released.resolve };
    },
    to: (next) => {
      target = next;
    },
    stop: async () => {
      for (const release of releases.splice(0)) release();
      await close(server, 100);
    },
  };
}

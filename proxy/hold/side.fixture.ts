import { createHash } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { slotOf } from "@banyan/contracts/slot.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import { misdirectedAnswer } from "@banyan/platform/handover/write/misdirected-answer.ts";
import { type TestProxy, type TestProxyOptions, testProxy, webUpstream } from "../proxy.fixture.ts";

export const CUSTOMER = { "x-customer": "c-1" };
/** The customer's, as the proxy computes it. */
export const SLOT = slotOf("orders", "c-1");

export interface SideUnderTest {
  readonly url: string;
  readonly server: Server;
  /** Digests of the bodies of requests that took effect. */
  readonly effects: string[];
  /** Trailers of requests that came whole. */
  readonly trailers: NodeJS.Dict<string>[];
  readonly asked: () => number;
  owner: boolean;
  epoch: number;
  /** What its 421s name. */
  slot: number;
}

/** An upstream that owns the slot or not, and reads the body before it says so. `other` answers instead. */
export async function side(owner: boolean, epoch: number, other?: RequestListener): Promise<SideUnderTest> {
  let asked = 0;
  const effects: string[] = [];
  const trailers: NodeJS.Dict<string>[] = [];
  const { url, server } = await webUpstream((request, response) => {
    asked += 1;
    if (other === undefined) take(request, response);
    else {
      request.resume();
      other(request, response);
    }
  });
  const self: SideUnderTest = {
    url,
    server,
    effects,
    trailers,
    asked: () => asked,
    owner,
    epoch,
    slot: SLOT,
  };
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const hash = createHash("sha256");
    request.on("data", (chunk) => hash.update(chunk));
    request.on("end", () => {
      trailers.push(request.trailers);
      if (self.owner) {
        effects.push(hash.digest("hex"));
        response.writeHead(201).end("taken");
      } else notOwner(response, self.epoch, self.slot);
    });
  };
  return self;
}

/** From now on it decides before it reads a body whose client asks first. `asks` counts those that did. */
export function decidesFirst(self: SideUnderTest): { asks: number } {
  const seen = { asks: 0 };
  self.server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    seen.asks += 1;
    if (self.owner) {
      response.writeContinue();
      self.server.emit("request", request, response);
    } else notOwner(response, self.epoch, self.slot);
  });
  return seen;
}

export function notOwner(response: ServerResponse, epoch: number, slot: number, capability = "orders"): void {
  answer(response, new MisdirectedError({ reason: "not-owner", capability, slot, epoch }));
}

export const unknown: RequestListener = (_request, response) =>
  answer(
    response,
    new MisdirectedError({ reason: "unknown", capability: "orders", slot: null, epoch: null }),
  );

function answer(response: ServerResponse, error: MisdirectedError): void {
  const { status, headers, body } = misdirectedAnswer(error, "r-1");
  response.writeHead(status, headers).end(body);
}

export interface OrdersOptions extends Pick<TestProxyOptions, "clockMs"> {
  /** Settings of `hold`. */
  readonly hold?: string;
  readonly routes?: string;
  readonly slotKey?: string;
  readonly percentage?: number;
  /** More lines of the file. */
  readonly more?: string;
}

/** A proxy whose `orders` are owned, by the customer's header unless it is said otherwise. */
export async function ordersProxy(
  monolith: { readonly url: string },
  extracted: { readonly url: string },
  options: OrdersOptions = {},
): Promise<TestProxy> {
  const { hold = "", slotKey = "{ header: x-customer }", percentage = 0, more = "", clockMs } = options;
  return await testProxy({
    monolith: monolith.url,
    catalog: extracted.url,
    ...(clockMs === undefined ? {} : { clockMs }),
    more: `  orders:
    upstream: catalog
    routes: [ ${options.routes ?? "POST /api/orders, GET /api/orders"} ]
    writes: owned
    slotKey: ${slotKey}
    percentage: ${percentage}
hold: { ${hold} }
${more}`,
  });
}

export const post = (url: string, body: string | ReadableStream | null = "an order", signal?: AbortSignal) =>
  fetch(`${url}/api/orders`, {
    method: "POST",
    headers: CUSTOMER,
    body,
    ...(signal === undefined ? {} : { signal }),
    duplex: "half",
  } as RequestInit);

export function digestOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

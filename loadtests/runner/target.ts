import { promises as dns, type LookupAddress, type LookupOptions } from "node:dns";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Answer, Ask } from "../corpus/request.ts";
import { type Address, hostOf, judgeAddresses, mustBeNamed, parseTarget } from "./host-rule.ts";

/** A server that load may go to: its name was judged, and the address that was judged is the one connected to. */
export interface Target {
  /** e.g. `http://127.0.0.1:3000`, without a slash at the end; request paths are put behind it. */
  readonly base: string;
  readonly host: string;
  readonly port: number;
  readonly pinned: Address;
}

const CONNECT_BOUND_MS = 3_000;
const ANSWER_BOUND_MS = 15_000;

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveBySystem: Resolve = (host) => dns.lookup(host, { all: true });

/**
 * Reads, resolves, judges and tries a target. Throws BYN-EVIDENCE-051 … -053 (host-rule.ts), and BYN-EVIDENCE-054
 * when nothing accepts a connection there.
 */
export async function openTarget(
  url: string,
  allowedHosts: readonly string[],
  resolve: Resolve = resolveBySystem,
): Promise<Target> {
  const parsed = parseTarget(url);
  const host = hostOf(parsed);
  const found = await resolve(host).catch((cause: unknown) => {
    // A name that nobody allowed is refused whether or not it leads anywhere.
    mustBeNamed(host, allowedHosts);
    throw new BanyanError("BYN-EVIDENCE-054", `${host} can't be resolved`, { cause });
  });
  const addresses = found.map(({ address, family }): Address => ({ address, family: family === 6 ? 6 : 4 }));
  judgeAddresses(host, addresses, allowedHosts);
  const port = Number(parsed.port || (parsed.protocol === "https:" ? 443 : 80));
  let cause: unknown;
  for (const pinned of addresses) {
    try {
      await tryConnection(pinned.address, port);
      return { base: `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`, host, port, pinned };
    } catch (error) {
      cause = error;
    }
  }
  throw new BanyanError("BYN-EVIDENCE-054", `nothing accepts connections at ${parsed.origin}`, { cause });
}

function tryConnection(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: CONNECT_BOUND_MS });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => socket.destroy(new Error(`no connection within ${CONNECT_BOUND_MS} ms`)));
    socket.once("error", reject);
  });
}

/** Asks one target, over kept connections to its pinned address. */
export interface Asker {
  readonly ask: Ask;
  /** Any request, with headers besides the asker's own and a JSON body where given; else as `ask`. */
  send(request: AskerRequest): Promise<Answer>;
  close(): void;
}

export interface AskerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `headers` may hold secrets: they are in no error. `ask` throws BYN-EVIDENCE-055 without a whole answer in time. */
export function openAsker(target: Target, headers: Readonly<Record<string, string>>): Asker {
  const secure = target.base.startsWith("https:");
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const open = secure ? httpsRequest : httpRequest;
  const { address, family } = target.pinned;
  // Node asks for one address or for all of them, by its auto-selection of the family.
  const lookup = (
    _host: string,
    options: LookupOptions,
    done: (error: null, address: string | LookupAddress[], family?: number) => void,
  ) => (options.all ? done(null, [{ address, family }]) : done(null, address, family));
  const send: Asker["send"] = ({ method, path, headers: more, body }) =>
    new Promise((resolve, reject) => {
      const failed = (cause: unknown) =>
        reject(
          new BanyanError("BYN-EVIDENCE-055", `${method} ${target.base}${path} got no whole answer`, {
            cause,
          }),
        );
      const text = body === undefined ? undefined : JSON.stringify(body);
      const typed =
        text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
      const outgoing = open(
        `${target.base}${path}`,
        { method, agent, lookup, headers: { ...headers, ...more, ...typed }, timeout: ANSWER_BOUND_MS },
        (incoming) => readAnswer(incoming).then(resolve, failed),
      );
      outgoing.once("timeout", () => outgoing.destroy(new Error(`silent for ${ANSWER_BOUND_MS} ms`)));
      outgoing.once("error", failed);
      outgoing.end(text);
    });
  const ask: Ask = (path) => send({ method: "GET", path });
  return { ask, send, close: () => agent.destroy() };
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const body = decoded(Buffer.concat(chunks), headers["content-encoding"]);
  return { status: incoming.statusCode ?? 0, headers, body };
}

/** Some servers encode unasked (RFC 9110 §12.5.3 lets them); k6 decodes the same ones. */
function decoded(body: Buffer, encoding: string | undefined): Uint8Array {
  if (body.length === 0) return body;
  if (encoding === "gzip" || encoding === "x-gzip") return gunzipSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  if (encoding === "deflate") return inflateSync(body);
  return body;
}

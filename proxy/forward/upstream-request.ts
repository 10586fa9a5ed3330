import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { KeptConnections } from "./kept-connections.ts";
import type { RequestFields } from "./request-fields.ts";
import { socketHost } from "./upstream-host.ts";

/** Of an answer's fields: Node's own drops the rest without a word. Their bytes are bounded (`maxHeaderSize`). */
export const NO_MAXIMUM = 0;
/** Methods for which a missing length means that there is no body; with others Node would say so in chunks. */
const BODYLESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);

/** An upstream's address as `node:http` takes it, read once. */
export class Destination {
  readonly #protocol: string;
  readonly #hostname: string;
  readonly #port: string;
  readonly #host: string;
  readonly #kept: KeptConnections;

  constructor(target: URL, kept: KeptConnections) {
    this.#protocol = target.protocol;
    this.#hostname = socketHost(target);
    this.#port = target.port;
    this.#host = target.host;
    this.#kept = kept;
  }

  /**
   * Makes the upstream's request; nothing is written before its socket is assigned. The header goes as flat pairs, which
   * Node writes as they stand: a field set by itself costs ten times as much. Throws what Node throws on characters that
   * HTTP does not allow.
   */
  request({ method = "GET", url }: IncomingMessage, { single, rest }: RequestFields): ClientRequest {
    const headers = [...single, ...rest];
    if (!names(single, "host")) headers.push("Host", this.#host);
    if (!BODYLESS.has(method) && !names(single, "content-length") && !names(single, "transfer-encoding")) {
      headers.push("Content-Length", "0");
    }
    const request = httpRequest({
      agent: this.#kept.agent,
      protocol: this.#protocol,
      hostname: this.#hostname,
      port: this.#port,
      method,
      path: url,
      headers,
    });
    request.maxHeadersCount = NO_MAXIMUM;
    return request;
  }
}

function names(pairs: readonly string[], lowerCaseName: string): boolean {
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i];
    if (name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return true;
  }
  return false;
}

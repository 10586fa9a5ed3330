import http, { type IncomingHttpHeaders } from "node:http";

export interface SideAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SideRequest {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Sent as it is: nothing normalises it on the way. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request by plain node:http. The request id is always the same, so that problem documents are comparable. */
export function ask(
  origin: string,
  { method = "GET", path, headers = {}, body }: SideRequest,
): Promise<SideAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port, method, path, headers: { "x-request-id": "parity-request", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Everything of the contract that a client can see, and what a proxy or browser goes by. */
const COMPARED = [
  "content-type",
  "content-length",
  "etag",
  "cache-control",
  "vary",
  "location",
  "set-cookie",
  "x-content-type-options",
  "x-powered-by",
  "x-request-id",
];

/** What differs between two answers, in words; empty when nothing does. */
export function differences(left: SideAnswer, right: SideAnswer): string[] {
  const found: string[] = [];
  const compare = (what: string, a: unknown, b: unknown) => {
    if (a !== b) found.push(`${what}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`);
  };
  compare("status", left.status, right.status);
  for (const name of COMPARED) compare(name, String(left.headers[name]), String(right.headers[name]));
  if (!left.body.equals(right.body)) compare("body", shown(left.body), shown(right.body));
  return found;
}

function shown(body: Buffer): string {
  return `${body.length} bytes: ${body.toString("utf8").slice(0, 2_000)}`;
}

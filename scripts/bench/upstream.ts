/**
 * What stands behind all arms of the bench: the smallest `node:http` server that answers like a shop. One handler on two
 * ports, so that our proxy has two sides as in life. Started by arms.ts, which sends it the keys to publish.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PATHS } from "./kinds.ts";

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: i, name: `Product number ${i}`, priceCents: 1_995 + i }));
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** About 2 kB, and about 64 kB. */
const SMALL = json(items(36));
const LARGE = json(items(1_120));
const WRITTEN = json({ id: "01a2044f-e66d-7b03-a224-c03b28e48444", state: "taken" });
const NOT_FOUND = json({ title: "there is nothing here" });

let jwks = json({ keys: [] });

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "POST" && request.url === PATHS.post) {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => send(response, bytes > 0 ? 201 : 400, WRITTEN));
    return;
  }
  if (request.url === PATHS.small) send(response, 200, SMALL);
  else if (request.url === PATHS.large) send(response, 200, LARGE);
  else if (request.url === PATHS.jwks) send(response, 200, jwks);
  else send(response, 404, NOT_FOUND);
}

function send(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "cache-control": "private, max-age=0",
    etag: '"bench-1"',
  });
  response.end(body);
}

async function listen(): Promise<number> {
  const server = createServer(answer);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

process.once("message", async (keys) => {
  jwks = json(keys);
  process.send?.({ ports: [await listen(), await listen()] });
});
// Until it listens, only the channel keeps it up.
process.channel?.ref();

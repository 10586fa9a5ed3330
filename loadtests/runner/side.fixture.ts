import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test's side does with a request: the JSON value that it answers, and headers besides. */
export type Behaviour = (path: string) => {
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
};

export interface FixtureSide extends AsyncDisposable {
  readonly url: string;
  /** Values of the header `x-secret` that came in. */
  readonly secrets: ReadonlySet<string>;
  behave: Behaviour;
  /** Cuts all connections and refuses new ones. */
  kill(): void;
}

/** A tiny server for tests of the load runner, on a port of the system's choice. */
export async function startSide(behave: Behaviour): Promise<FixtureSide> {
  const secrets = new Set<string>();
  const server: Server = createServer((request, response) => {
    secrets.add(String(request.headers["x-secret"]));
    const { value, headers, delayMs = 0 } = side.behave(request.url ?? "");
    const answer = () => {
      response.writeHead(200, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(value));
    };
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kill = () => {
    server.close();
    server.closeAllConnections();
  };
  const side: FixtureSide = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    behave,
    kill,
    [Symbol.asyncDispose]: async () => kill(),
  };
  return side;
}

import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { staticFlagSource } from "@banyan/platform/flags/static-source.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { flagOf, readSettings, type Settings } from "@banyan/platform/settings/settings.ts";
import { type RunningProxy, startProxy } from "./app.ts";
import { httpForwarder } from "./forward/http-forwarder.ts";
import type { Keys } from "./keys.ts";

export const TEST_KEYS: Keys = {
  override: Buffer.alloc(32, 1).toString("base64url"),
  visitor: Buffer.alloc(32, 2),
  adminToken: "admin-token-of-the-tests",
  debugToken: "debug-token-of-the-tests",
};

/** Everything a test starts; `stopAll` in afterEach ends it. */
const stops: (() => Promise<void> | void)[] = [];

export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** An upstream that answers as the listener says. */
export async function webUpstream(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createHttpServer(listener);
  const url = await listening(server);
  stops.push(() => server.closeAllConnections());
  return { url, server };
}

/** An upstream that sees bare bytes: for answers that no HTTP library would give. */
export async function rawUpstream(onRequest: (socket: Socket, text: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => onRequest(socket, chunk.toString("latin1")));
  });
  const url = await listening(server);
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return url;
}

async function listening(server: NetServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface TestProxy extends RunningProxy {
  readonly url: string;
  readonly log: readonly Record<string, unknown>[];
}

export interface TestProxyOptions {
  readonly monolith: string;
  readonly catalog?: string;
  readonly percentage?: number;
  /** More lines of banyan.yaml. */
  readonly more?: string;
  readonly keys?: Keys;
  readonly stopBoundMs?: number;
  /** The clock of deadlines and kept connections; for tests that must not wait. */
  readonly clockMs?: () => number;
  /** `limits` of the catalog's own. */
  readonly catalogLimits?: string;
  /** What a reload reads; throws for a file with mistakes. */
  readonly readAgain?: () => Settings;
}

/** A whole proxy on ports of the system, with catalog's routes. `log` fills with its lines. */
export async function testProxy(options: TestProxyOptions): Promise<TestProxy> {
  const {
    monolith,
    catalog = monolith,
    percentage = 100,
    more = "",
    keys = TEST_KEYS,
    stopBoundMs = 1_000,
  } = options;
  const settings = readSettings(
    `listen: 127.0.0.1:0
admin: 127.0.0.1:0
upstreams:
  monolith: { url: "${monolith}" }
  catalog: { url: "${catalog}" }
capabilities:
  catalog:
    upstream: catalog
    routes: [ GET /api/products, 'GET /api/products/:id', 'GET /catalog/*' ]
    percentage: ${percentage}
    limits: { ${options.catalogLimits ?? ""} }
${more}`,
    {},
  );
  const lines: Record<string, unknown>[] = [];
  const log = createLog("proxy", "silent");
  for (const level of ["info", "warn", "error"] as const) {
    log[level] = (fields: unknown, message?: string) => {
      lines.push({ level, message, ...(typeof fields === "object" ? fields : { message: fields }) });
    };
  }
  const proxy = await startProxy({
    settings,
    readAgain: options.readAgain ?? (() => settings),
    flagSource: async (read) =>
      staticFlagSource(
        Object.entries(read.capabilities).map(([capability, each]) => ({
          capability,
          flag: flagOf(capability, each),
          percentage: each.percentage ?? 0,
        })),
      ),
    forwarder: httpForwarder(options.clockMs),
    keys,
    nowMs: Date.now,
    log,
    stopBoundMs,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= proxy.stop());
  stops.push(stop);
  return { ...proxy, stop, url: `http://127.0.0.1:${proxy.port}`, log: lines };
}

export interface RawAnswer {
  readonly text: string;
  /** `end`: the peer closed in order; `reset`: it did not; `open`: it kept the connection. */
  readonly closed: "end" | "reset" | "open";
  readonly status: number;
}

/** Sends bytes as they are and reads until the connection closes, or until `until` is satisfied. */
export function raw(
  port: number,
  bytes: string,
  until: (text: string) => boolean = () => false,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    const done = (closed: RawAnswer["closed"]) => {
      socket.destroy();
      resolve({ text, closed, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0) });
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (until(text)) done("open");
    });
    socket.on("end", () => done("end"));
    socket.on("error", () => done("reset"));
  });
}

/** Waits for a condition; the test's own time-out is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { staticFlagSource } from "@banyan/platform/flags/static-source.ts";
import { stickinessOf } from "@banyan/platform/flags/stickiness.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { readSettings } from "@banyan/platform/settings/settings.ts";
import { startProxy } from "@banyan/proxy/app.ts";
import { httpForwarder } from "@banyan/proxy/forward/http-forwarder.ts";
import { parse } from "yaml";

interface Demo {
  readonly identity: unknown;
  readonly capabilities: Readonly<
    Record<"orders" | "inventory", { readonly slotKey: unknown; readonly routes: readonly string[] }>
  >;
}

export interface Upstreams {
  readonly monolith: string;
  readonly orders: string;
  readonly inventory: string;
  /** Who publishes the keys of sessions. */
  readonly jwks: string;
}

const DEMO = parse(readFileSync(join(import.meta.dirname, "../../banyan.yaml"), "utf8")) as Demo;
const STOP_MS = 1_000;

/** A `banyan.yaml` with the demo's routes of orders and stock, its flags standing still at a percentage. */
export function proxyFile({ jwks, ...upstreams }: Upstreams, percentage: number): string {
  const { orders, inventory } = DEMO.capabilities;
  const owned = { writes: "owned", percentage } as const;
  return JSON.stringify({
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    upstreams: Object.fromEntries(Object.entries(upstreams).map(([name, url]) => [name, { url }])),
    identity: [{ claim: "sub", cookie: "session" }],
    jwks: { url: `${jwks}/.well-known/jwks.json`, algorithms: ["EdDSA"], audience: "shop" },
    trust: ["127.0.0.1/32"],
    capabilities: {
      orders: { ...owned, upstream: "orders", slotKey: orders.slotKey, routes: orders.routes },
      inventory: { ...owned, upstream: "inventory", slotKey: inventory.slotKey, routes: inventory.routes },
    },
  });
}

/** A whole proxy by such a file, in this process. */
export async function openProxy(
  file: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const settings = readSettings(file, {});
  const flags = Object.entries(settings.capabilities).map(([capability, its]) => ({
    capability,
    flag: capability,
    percentage: its.percentage ?? 0,
    stickiness: stickinessOf(its),
  }));
  const proxy = await startProxy({
    settings,
    readAgain: () => settings,
    flagSource: async () => staticFlagSource(flags),
    forwarder: httpForwarder(),
    keys: {
      override: randomBytes(32).toString("base64url"),
      visitor: randomBytes(32),
      adminToken: undefined,
      debugToken: undefined,
    },
    nowMs: Date.now,
    log: createLog("proxy", "silent"),
    stopBoundMs: STOP_MS,
  });
  return { url: `http://127.0.0.1:${proxy.port}`, stop: () => proxy.stop() };
}

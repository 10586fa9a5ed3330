import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Route } from "@banyan/platform/settings/route.ts";
import { flagOf, type HoldSettings, type Settings } from "@banyan/platform/settings/settings.ts";
import { slotKeyReader } from "../hold/slot-key.ts";
import { type DenyReading, denyRule } from "./deny.ts";
import { type Match, routeTable } from "./route-table.ts";

export interface Limits {
  readonly bodyBytes: number;
  readonly connectMs: number;
  /** From the request handed over whole to the upstream's status line. */
  readonly deadlineMs: number;
  /** The longest time in which nothing moves on the upstream's connection. */
  readonly idleMs: number;
}

/** A capability as the proxy needs it. */
export interface Capability {
  readonly name: string;
  readonly flag: string;
  /** The origin of its extracted side. */
  readonly upstream: string;
  readonly limits: Limits;
  /** With `writes: owned` only: how its slot key is read, and how long its requests may wait for an owner. */
  readonly owned:
    | { readonly slotKey: ReturnType<typeof slotKeyReader>; readonly hold: HoldSettings }
    | undefined;
}

/** What `match` consults: compiled once per reading of banyan.yaml. */
export interface Routing {
  readonly find: (method: string, path: string) => Match<Capability> | undefined;
  readonly denies: (path: string) => DenyReading;
  readonly capabilities: ReadonlyMap<string, Capability>;
  /** The monolith's origin: for what no capability takes, and for all that is not on the extracted side. */
  readonly monolith: string;
  /** For what no capability takes. */
  readonly limits: Limits;
}

export function routingOf(settings: Settings): Routing {
  const { limits } = settings;
  const capabilities = Object.entries(settings.capabilities).map(([name, capability]) => ({
    routes: capability.routes as readonly Route[],
    capability: {
      name,
      flag: flagOf(name, capability),
      upstream: originOf(settings, capability.upstream),
      limits: limitsOf(limits, capability.limits),
      owned:
        capability.writes === "owned" && capability.slotKey !== undefined
          ? { slotKey: slotKeyReader(capability.slotKey, capability.routes), hold: settings.hold }
          : undefined,
    } satisfies Capability,
  }));
  return {
    find: routeTable(
      capabilities.flatMap(({ capability, routes }) => routes.map((route) => ({ owner: capability, route }))),
    ),
    denies: denyRule(settings.deny),
    capabilities: new Map(capabilities.map(({ capability }) => [capability.name, capability])),
    monolith: originOf(settings, "monolith"),
    limits,
  };
}

/** A capability's own limits stand over the general ones. */
export function limitsOf(
  general: Limits,
  own: { readonly [Name in keyof Limits]?: number | undefined },
): Limits {
  return {
    bodyBytes: own.bodyBytes ?? general.bodyBytes,
    connectMs: own.connectMs ?? general.connectMs,
    deadlineMs: own.deadlineMs ?? general.deadlineMs,
    idleMs: own.idleMs ?? general.idleMs,
  };
}

/** The settings' own validation has seen to it that every upstream named is there. */
function originOf({ upstreams }: Settings, name: string): string {
  const upstream = upstreams[name];
  if (upstream === undefined) throw new BanyanError("BYN-CONFIG-003", `there is no upstream \`${name}\``);
  return upstream.url;
}

import { createServer } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { FlagSource } from "@banyan/platform/flags/flag-source.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { membership } from "@banyan/platform/settings/network.ts";
import { flagOf, type Settings } from "@banyan/platform/settings/settings.ts";
import { admin } from "./admin/admin.ts";
import { readinessOf } from "./admin/readiness.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import { type Front, front } from "./front.ts";
import type { Ground } from "./ground.ts";
import { Bell } from "./hold/bell.ts";
import { followAnnouncements } from "./hold/follow.ts";
import type { HoldGround } from "./hold/hold.ts";
import { Knowledge } from "./hold/knowledge.ts";
import { Room } from "./hold/room.ts";
import { claimReader } from "./identify/claim.ts";
import { identifier } from "./identify/identifier.ts";
import { tokensOf, type VerifyToken } from "./identify/tokens.ts";
import type { Keys } from "./keys.ts";
import { routingOf } from "./match/routing.ts";
import { metrics } from "./observe/metrics.ts";
import { equalsSecret } from "./secret.ts";

export interface ProxyOptions {
  readonly settings: Settings;
  /** Reads banyan.yaml again; throws a BanyanError when it has mistakes. */
  readonly readAgain: () => Settings;
  readonly flagSource: (settings: Settings) => Promise<FlagSource>;
  readonly forwarder: Forwarder;
  readonly keys: Keys;
  readonly nowMs: () => number;
  readonly log: Log;
  /** How long requests in hand may take once the proxy stops. */
  readonly stopBoundMs: number;
}

export interface RunningProxy {
  readonly port: number;
  readonly adminPort: number;
  /** Takes banyan.yaml over anew, or keeps everything as it is and logs BYN-CONFIG-004. Never rejects. */
  reload(): Promise<void>;
  /** Stops accepting, finishes what is in hand within the bound, cuts the rest. */
  stop(): Promise<void>;
}

/** Starts both ports. Errors: BYN-PARTS-005 (a port is taken); then nothing is left running. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { settings: first, keys, forwarder, nowMs, log } = options;
  const knowledge = new Knowledge((claim) =>
    log.warn({ code: "BYN-PROXY-034", ...claim }, "an epoch is too far above the known one to be believed"),
  );
  const bell = new Bell();
  const shared = {
    forwarder,
    hold: {
      room: new Room(),
      knowledge,
      nowMs: () => performance.now(),
      random: Math.random,
      bell,
    } satisfies HoldGround,
    overrideKey: keys.override,
    isDebugToken: equalsSecret(keys.debugToken),
    isStopping: () => stopping,
    nowMs,
    metrics: metrics(),
    log,
  };
  let stopping = false;
  let lastReload: "loaded" | "refused" = "loaded";
  let settings = first;
  let flags = await options.flagSource(first);
  let verify = verifierOf(first);
  let ground = groundOf();
  let following = follow(first);

  function verifierOf({ jwks }: Settings): VerifyToken | undefined {
    return jwks === undefined ? undefined : tokensOf(jwks, nowMs, log);
  }

  function follow({ controller }: Settings): ReturnType<typeof followAnnouncements> | undefined {
    if (controller === undefined) return undefined;
    return followAnnouncements({
      url: controller.url,
      hear: (announcement) => {
        const { capability, slot } = announcement;
        if (ground.routing.capabilities.get(capability)?.owned === undefined) return;
        knowledge.hear(announcement);
        bell.ring(capability, slot);
      },
      log,
      random: Math.random,
    });
  }

  function groundOf(): Ground {
    const identify = identifier({
      sources: settings.identity,
      verify,
      visitorKey: keys.visitor,
      onUnusable: shared.metrics.identityUnusable,
    });
    const identityHeaders = settings.identity.flatMap((source) =>
      "header" in source ? [source.header] : [],
    );
    return {
      ...shared,
      routing: routingOf(settings),
      isTrusted: rememberingLast(membership(settings.trust)),
      identify,
      claimOf: claimReader(settings.identity, verify),
      identityHeaders: new Set(identityHeaders),
      flags,
      showSide: settings.showSide,
    };
  }

  async function reload(): Promise<void> {
    try {
      const next = options.readAgain();
      const before = { settings, flags };
      const sameFlags = isSame(flagsPart(next), flagsPart(settings));
      const nextFlags = sameFlags ? flags : await options.flagSource(next);
      if (!isSame(next.jwks, settings.jwks)) verify = verifierOf(next);
      settings = next;
      flags = nextFlags;
      ground = groundOf();
      lastReload = "loaded";
      if (!sameFlags) await before.flags.close();
      if (!isSame(next.controller, before.settings.controller)) {
        await following?.stop();
        following = follow(next);
      }
      if (!isSame(fixedPart(next), fixedPart(before.settings))) {
        log.warn({ code: "BYN-CONFIG-005" }, "addresses and header limits change with a restart only");
      }
      log.info("settings reloaded");
    } catch (error) {
      lastReload = "refused";
      const mistakes = error instanceof BanyanError ? error.mistakes : [];
      log.error(
        { code: "BYN-CONFIG-004", err: error, mistakes },
        "reload refused; the old settings stay in force",
      );
    }
  }

  const publicFront = front(() => ground, first.limits);
  const adminServer = createServer(
    admin({
      ground: () => ground,
      readiness: () => readinessOf(ground, lastReload),
      token: keys.adminToken,
      log,
    }),
  );

  async function stop(): Promise<void> {
    stopping = true;
    await following?.stop();
    await closeWithin(publicFront, options.stopBoundMs);
    await close(adminServer, 500);
    forwarder.close();
    await flags.close();
  }

  try {
    const adminPort = await listen(adminServer, first.admin.port, first.admin.host);
    const port = await listen(publicFront.server, first.listen.port, first.listen.host);
    return { port, adminPort, reload, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Upgraded connections are no longer the HTTP server's to close, so the bound cuts sockets. */
function closeWithin({ server, cut, closeUnused }: Front, boundMs: number): Promise<void> {
  return new Promise((resolve) => {
    const bound = setTimeout(cut, boundMs);
    // A connection that is idle only from now on would hold the server open until its keep-alive ends.
    const idle = setInterval(() => {
      server.closeIdleConnections();
      closeUnused();
    }, 50);
    server.close(() => {
      clearTimeout(bound);
      clearInterval(idle);
      resolve();
    });
  });
}

/** Peers are few, and often the same one: a load balancer. */
function rememberingLast(decide: Ground["isTrusted"]): Ground["isTrusted"] {
  let last: string | undefined;
  let answer = decide(last);
  return (address) => {
    if (address !== last) {
      last = address;
      answer = decide(address);
    }
    return answer;
  };
}

function flagsPart(settings: Settings): unknown {
  const capabilities = Object.entries(settings.capabilities);
  return [settings.flags, capabilities.map(([name, each]) => [name, flagOf(name, each), each.percentage])];
}

function fixedPart({ listen, admin, limits }: Settings): unknown {
  return [listen, admin, limits.headerBytes, limits.headersMs, limits.requestMs];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

import { connect } from "node:net";
import type { FlagHealth } from "@banyan/platform/flags/flag-source.ts";
import { socketHost } from "../forward/upstream-host.ts";
import type { Ground } from "../ground.ts";

export interface Readiness {
  readonly ready: boolean;
  readonly monolith: "reachable" | "unreachable";
  readonly stopping: boolean;
  /** Unknown flags don't make a proxy unready: then the monolith answers everything. */
  readonly flags: FlagHealth;
  /** `refused` when the last reload was, and the settings before it are in force. */
  readonly settings: "loaded" | "refused";
}

const PROBE_MS = 1_000;

/** Whether the proxy can serve: the one upstream that everything falls back to must accept connections. */
export async function readinessOf(ground: Ground, settings: Readiness["settings"]): Promise<Readiness> {
  const reachable = await accepts(new URL(ground.routing.monolith));
  const stopping = ground.isStopping();
  return {
    ready: reachable && !stopping,
    monolith: reachable ? "reachable" : "unreachable",
    stopping,
    flags: ground.flags.health(),
    settings,
  };
}

function accepts(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: socketHost(url),
      port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      timeout: PROBE_MS,
    });
    const done = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once("connect", () => done(true));
    socket.once("timeout", () => done(false));
    socket.once("error", () => done(false));
  });
}

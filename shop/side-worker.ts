import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import type { LogSettings } from "@banyan/platform/handover/event-log/open-log.ts";
import { type Following, followPeer } from "@banyan/platform/handover/follow-peer.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { Pool } from "pg";
import type { Repeating } from "./repeating.ts";

export interface SideWorkerSettings extends LogSettings {
  readonly DATABASE_URL: string;
  /** The peer's database as the feed role. */
  readonly PEER_DATABASE_URL: string;
}

export interface SideWorkerOptions<Change> {
  readonly capability: OwnedCapability<Change>;
  readonly settings: SideWorkerSettings;
  readonly pool: Pool;
  readonly log: Log;
}

/** All that the worker of an extracted side does. */
export interface SideWorker extends Following {
  readonly capability: string;
  /** What it looks for beside relay and inbox. */
  readonly beside: Repeating;
}

/** An hour, for who wants to see what was sent. */
const RETAIN_MS = 3_600_000;

/** Relay and inbox of an extracted side, then what it does beside; over a database that is migrated. */
export async function startSideWorker<Change>(
  { capability, settings, pool, log }: SideWorkerOptions<Change>,
  startBeside: () => Repeating,
): Promise<SideWorker> {
  const { name } = capability;
  const following = await followPeer({
    capability,
    side: "extracted",
    own: pool,
    ownUrl: settings.DATABASE_URL,
    peerUrl: settings.PEER_DATABASE_URL,
    settings,
    retainMs: RETAIN_MS,
    name: `${name} worker`,
    log,
  });
  const beside = startBeside();
  return {
    ...following,
    capability: name,
    beside,
    stop: async () => {
      await beside.stop();
      await following.stop();
    },
  };
}

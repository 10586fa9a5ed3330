import { randomUUID } from "node:crypto";
import type { Side } from "@banyan/contracts/http/headers.ts";
import type { Pool } from "pg";
import type { Log } from "../logging/log.ts";
import { createPool } from "../postgres/pool.ts";
import type { OwnedCapability } from "./capability.ts";
import type { EventLog } from "./event-log/event-log.ts";
import { type LogSettings, openEventLog } from "./event-log/open-log.ts";
import { peerOutbox } from "./outbox/peer-outbox.ts";
import { startWorker } from "./worker.ts";
import { WorkerCounts } from "./worker-counts.ts";

export interface FollowPeerOptions<Change> {
  readonly capability: OwnedCapability<Change>;
  readonly side: Side;
  /** This side's database, and its address for the connection that LISTENs. */
  readonly own: Pool;
  readonly ownUrl: string;
  /** The peer's database as the role that reads `handover_feed`. */
  readonly peerUrl: string;
  /** Which log stands between the two. */
  readonly settings: LogSettings;
  /** Outbox rows stay so long after both sides have them: for people who look. */
  readonly retainMs: number;
  /** How the peer's database sees who reads it. */
  readonly name: string;
  readonly log: Log;
}

/** One side's relay and inbox of one capability, under way. */
export interface Following {
  readonly events: EventLog;
  /** What they did. */
  readonly counts: WorkerCounts;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

const PEER_CONNECTIONS = 4;
/** Rows of one pull, and so of one transaction. */
const BATCH = 100;

/** Follows the peer, and lets it follow, over the log that the settings name. Nothing is left open when it throws. */
export async function followPeer<Change>(options: FollowPeerOptions<Change>): Promise<Following> {
  const { capability, side, own, ownUrl, peerUrl, settings, retainMs, name, log } = options;
  const opened: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const peer = createPool(peerUrl, { max: PEER_CONNECTIONS, name }, log);
    opened.push(() => peer.end());
    const place = { own, peer, peerUrl, side, capability: capability.name, log, random: Math.random };
    const events = await openEventLog(settings, place);
    opened.push(() => events.close());
    const counts = new WorkerCounts();
    const stopWorker = await startWorker({
      inbox: { capability, own, peer: peerOutbox(peer), batch: BATCH },
      ownUrl,
      log: events,
      retainMs,
      holder: randomUUID(),
      logger: log,
      random: Math.random,
      now: Date.now,
      counts,
    });
    opened.push(stopWorker);
    return { events, counts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import type { Pool } from "pg";
import type { OwnedCapability } from "../capability.ts";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { PeerOutbox } from "../outbox/peer-outbox.ts";
import { beginPull, quarantineGone, readPull } from "./pull.ts";
import { type Received, receive } from "./receive.ts";

/** One side's inbox: its own database, and the port to its peer's outbox. */
export interface Inbox<Change> {
  readonly capability: OwnedCapability<Change>;
  readonly own: Pool;
  readonly peer: PeerOutbox;
  /** Rows of one pull, and so of one transaction. */
  readonly batch: number;
}

export interface Delivered {
  readonly applied: number;
  readonly duplicates: number;
  readonly foreign: number;
  /** How often the next row had to be pulled from the peer's outbox. */
  readonly pulls: number;
  readonly quarantined: boolean;
  /** As of the last transaction. */
  readonly end: Received["end"];
}

const NOTHING: Delivered = {
  applied: 0,
  duplicates: 0,
  foreign: 0,
  pulls: 0,
  quarantined: false,
  end: "taken",
};

/**
 * Takes events from the log. What can't be applied now is dropped, not parked (§5.5): on a gap the rows are pulled from
 * the peer's outbox, up to where the peer stands.
 */
export async function deliver<Change>(
  inbox: Inbox<Change>,
  slot: number,
  events: readonly OutboxRow[],
): Promise<Delivered> {
  const first = sum(NOTHING, await receive(inbox.own, inbox.capability, slot, events));
  return first.end === "gap" ? pullAll(inbox, slot, first) : first;
}

/**
 * Catches a slot up straight from the peer's outbox (§5.7): the same apply function, no log between. The log's late
 * copies of the same rows are duplicates.
 */
export async function drain<Change>(inbox: Inbox<Change>, slot: number): Promise<Delivered> {
  return pullAll(inbox, slot, NOTHING);
}

async function pullAll<Change>(inbox: Inbox<Change>, slot: number, before: Delivered): Promise<Delivered> {
  const { own, peer, batch, capability } = inbox;
  let done = before;
  for (;;) {
    const pull = await beginPull(own, capability.name, slot);
    if (pull === undefined) return done;
    const pulled = await readPull(peer, capability.name, pull, batch);
    if ("gone" in pulled) {
      const quarantined = await quarantineGone(own, capability.name, pull, pulled.gone);
      if (quarantined) return { ...done, quarantined };
      continue; // it moved meanwhile: look again
    }
    if (pulled.rows.length === 0) return { ...done, end: done.end === "gap" ? "taken" : done.end };
    const received = await receive(own, capability, slot, pulled.rows);
    done = sum({ ...done, pulls: done.pulls + 1 }, received);
    // Without progress there would be none the next time either: a slot that takes nothing, or foreign rows.
    if (received.applied === 0 || received.end === "stopped") return done;
  }
}

function sum(done: Delivered, received: Received): Delivered {
  return {
    ...done,
    applied: done.applied + received.applied,
    duplicates: done.duplicates + received.duplicates,
    foreign: done.foreign + received.foreign,
    end: received.end,
  };
}

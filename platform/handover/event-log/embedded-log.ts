import type { Pool } from "pg";
import { backoffMs } from "../../log/backoff.ts";
import { isUnreachable } from "../../log/fault.ts";
import { listenTo } from "../../log/listener.ts";
import { createWaker } from "../../log/waker.ts";
import type { Log } from "../../logging/log.ts";
import { peerOutbox } from "../outbox/peer-outbox.ts";
import { WRITTEN_CHANNEL } from "../outbox/wake.ts";
import type { EventLog, LogHealth, Subscription } from "./event-log.ts";

export interface EmbeddedLogOptions {
  /** Keeps how far each reader has read. */
  readonly own: Pool;
  /** The peer's database, as the role that reads `handover_feed`. */
  readonly peer: Pool;
  /** The same, for the connection that LISTENs. */
  readonly peerUrl: string;
  readonly log: Log;
  readonly random: () => number;
  /** Bound of the sleep between two looks: a lost wake-up costs at most this. Default 1000. */
  readonly pollMs?: number;
}

/** Rows of a slot in one handling; then the next slot has its turn. */
const BATCH = 100;

/**
 * The log where no broker is: the peer's outbox itself, followed by its reader. A committed row *is* published, so
 * `publish` has nothing left to do; readers are woken by NOTIFY and by a bounded poll.
 */
export function createEmbeddedLog(options: EmbeddedLogOptions): EventLog {
  const readers = new Set<Reader>();
  return {
    publish: async () => {},
    subscribe: async (subscription) => {
      const reader = startReader(options, subscription);
      readers.add(reader);
      return async () => {
        readers.delete(reader);
        await reader.stop();
      };
    },
    health: async () => healthOf([...readers]),
    close: async () => {
      await Promise.all([...readers].map((reader) => reader.stop()));
      readers.clear();
    },
  };
}

interface Reader {
  readonly name: string;
  /** Looks in a row that failed. */
  failing(): number;
  stop(): Promise<void>;
}

function healthOf(readers: readonly Reader[]): LogHealth {
  const failing = readers.filter((reader) => reader.failing() > 0);
  if (failing.length === 0) return { ok: true, detail: `${readers.length} readers follow the peer's outbox` };
  return { ok: false, detail: `can't go on reading: ${failing.map((reader) => reader.name).join(", ")}` };
}

function startReader(options: EmbeddedLogOptions, subscription: Subscription): Reader {
  const { own, peer, peerUrl, log, random, pollMs = 1_000 } = options;
  const { reader, capability } = subscription;
  const outbox = peerOutbox(peer);
  const waker = createWaker();
  let failing = 0;
  let stopping = false;
  const listener = listenTo({
    url: peerUrl,
    channel: WRITTEN_CHANNEL,
    name: `banyan ${reader} wake-up`,
    log,
    random,
    onNotification: () => waker.wake(),
    onListening: () => waker.wake(),
  });

  /** One batch of one slot that has more. */
  const readSlot = async (slot: number, place: number): Promise<void> => {
    const read = await outbox.read(capability, slot, place, BATCH);
    if (read.rows.length > 0) await subscription.handle(slot, read.rows);
    // Read to the end: the peer's seq counts, for rows that it has from here stand in no outbox of its own.
    const last = read.rows.length < BATCH ? (read.head ?? place) : (read.rows.at(-1)?.seq ?? place);
    await keepPlace(own, reader, capability, slot, last);
  };

  /**
   * One batch for each slot that has more; answers whether any had. A slot whose handling fails (a re-fill holds it) does
   * not hold the others up: what it threw is thrown when they have had their turn. A database away ends the look at once.
   */
  const look = async (): Promise<boolean> => {
    const heads = await outbox.heads(capability);
    const places = await placesOf(own, reader, capability);
    const failed: unknown[] = [];
    let more = false;
    for (const [slot, head] of heads) {
      const place = places.get(slot) ?? 0;
      if (stopping || head <= place) continue;
      more = true;
      try {
        await readSlot(slot, place);
      } catch (error) {
        if (isUnreachable(error)) throw error;
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
    return more;
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        const more = await look();
        if (failing > 0) log.info({ failed: failing, reader }, "reading the log again");
        failing = 0;
        if (!more && !stopping) await waker.wait(pollMs);
      } catch (error) {
        failing += 1;
        if (failing === 1) log.warn({ err: error, reader }, "reading the log fails; trying again");
        if (!stopping) await waker.wait(backoffMs(failing, random));
      }
    }
  };

  const done = loop();
  return {
    name: reader,
    failing: () => failing,
    stop: async () => {
      stopping = true;
      waker.wake();
      await Promise.all([done, listener.close()]);
    },
  };
}

async function placesOf(own: Pool, reader: string, capability: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await own.query<{ slot: number; seq: string }>(
    "SELECT slot, seq FROM handover.consumed WHERE reader = $1 AND capability = $2",
    [reader, capability],
  );
  return new Map(rows.map(({ slot, seq }) => [slot, Number(seq)]));
}

async function keepPlace(
  own: Pool,
  reader: string,
  capability: string,
  slot: number,
  seq: number,
): Promise<void> {
  await own.query(
    `INSERT INTO handover.consumed (reader, capability, slot, seq) VALUES ($1, $2, $3, $4)
     ON CONFLICT (reader, capability, slot) DO UPDATE SET seq = excluded.seq`,
    [reader, capability, slot, seq],
  );
}

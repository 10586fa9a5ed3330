import type { Pool } from "pg";
import type { Log } from "../logging/log.ts";
import { inSpan } from "../telemetry/span.ts";
import { backoffMs } from "./backoff.ts";
import type { CopiedCapability } from "./capability.ts";
import { readCopies } from "./copy-row.ts";
import { deliver } from "./deliver.ts";
import { isContention, isUnreachable } from "./fault.ts";
import { type Lag, lagFrom, type SlotLag } from "./lag.ts";
import { listenTo } from "./listener.ts";
import { OUTBOX_CHANNEL } from "./outbox.ts";
import { peerOutbox } from "./peer.ts";
import { quarantine } from "./quarantine.ts";
import { createWaker } from "./waker.ts";

export interface FollowOptions<Change> {
  readonly capability: CopiedCapability<Change>;
  /** The owner's database, as the feed role. */
  readonly source: Pool;
  /** The same database, for the connection that LISTENs. */
  readonly sourceUrl: string;
  readonly copy: Pool;
  readonly log: Log;
  readonly random: () => number;
  readonly now: () => number;
  /** Bound of the sleep between rounds: a lost wake-up costs at most this. Default 1000. */
  readonly pollMs?: number;
  /** Events of one slot in one transaction; then the next slot has its turn. Default 100. */
  readonly batch?: number;
  /** How long a stopped slot rests before its bad event is tried again. Default 30 000; a start tries at once. */
  readonly retryStoppedMs?: number;
}

/** Counted since the follower's start. */
export interface FollowerNumbers {
  readonly applied: number;
  readonly duplicates: number;
  readonly gaps: number;
  readonly quarantined: number;
  /** Rounds that gave up because a database was away, and how many in a row now. */
  readonly failedRounds: number;
  readonly failing: number;
  readonly listening: boolean;
  /** From the slot rows, at the beginning of the last round that could read them. */
  readonly lag: Lag | undefined;
  /** How old `lag` is; undefined before the first round. */
  readonly lagAgeMs: number | undefined;
}

export interface Follower {
  numbers(): FollowerNumbers;
  /** Look now instead of at the next poll. */
  wake(): void;
  /** Ends after the transaction in hand. */
  stop(): Promise<void>;
}

/**
 * The embedded log: follows the owner's outbox slot by slot. Woken by NOTIFY and by a bounded poll, so that a lost
 * notification or a broken listener only slows it. Each round gives every lagging slot one batch, beginning with
 * another slot each time. Either database away: it waits with backoff and goes on where the slot rows stand.
 */
export function follow<Change>(options: FollowOptions<Change>): Follower {
  const { capability, source, copy, log, random, now } = options;
  const pollMs = options.pollMs ?? 1_000;
  const batch = options.batch ?? 100;
  const retryStoppedMs = options.retryStoppedMs ?? 30_000;
  const peer = peerOutbox(source);
  const to = { capability, copy, peer, batch };
  const waker = createWaker();
  /** Slots that rest after a failure, while they stand at the `seq` that it left them at: a re-fill ends the rest. */
  const rests = new Map<number, { readonly seq: number; readonly untilMs: number }>();
  const counts = { applied: 0, duplicates: 0, gaps: 0, quarantined: 0, failedRounds: 0, failing: 0 };
  let lag: Lag | undefined;
  let lagAtMs = 0;
  let turn = 0;
  let stopping = false;

  const listener = listenTo({
    url: options.sourceUrl,
    channel: OUTBOX_CHANNEL,
    name: `banyan ${capability.name} wake-up`,
    log,
    random,
    onNotification: () => waker.wake(),
    onListening: () => waker.wake(),
  });

  const resting = ({ slot, seq }: SlotLag): boolean => {
    const rest = rests.get(slot);
    return rest !== undefined && rest.seq === seq && rest.untilMs > now();
  };

  const step = async (row: SlotLag): Promise<void> => {
    const { rows } = await peer.read(capability.name, row.slot, row.seq, batch);
    // No rows though the owner is ahead: deliver a hole, so that the pull judges it under the lock.
    const events = rows.length > 0 ? rows : [{ seq: row.seq + 2, payload: undefined }];
    const done = await deliver(to, row.slot, events);
    counts.applied += done.applied;
    counts.duplicates += done.duplicates;
    counts.gaps += done.gaps;
    if (done.quarantined) {
      counts.quarantined += 1;
      log.error({ slot: row.slot, code: "BYN-DATA-004" }, "a slot is quarantined: outbox rows are missing");
    }
    if (done.end === "stopped") {
      if (rests.get(row.slot)?.seq !== done.seq)
        log.error({ slot: row.slot, seq: done.seq + 1 }, "a bad event stopped its slot");
      rests.set(row.slot, { seq: done.seq, untilMs: now() + retryStoppedMs });
    } else rests.delete(row.slot);
  };

  const ahead = async (row: SlotLag): Promise<void> => {
    const detail = `the copy is at ${row.seq}, its owner only at ${row.sourceSeq}`;
    const trouble = { code: "BYN-DATA-008", detail, seq: row.seq } as const;
    const did = await quarantine(copy, capability.name, row.slot, trouble, (found) => found.seq >= row.seq);
    if (did) counts.quarantined += 1;
    log.error({ slot: row.slot, code: trouble.code }, detail);
  };

  /** One batch for each slot that needs one; answers whether more may be left. */
  const round = async (): Promise<boolean> => {
    const copies = await readCopies(copy, capability.name); // first the copy, then the owner: see lag.ts
    lag = lagFrom(copies, await peer.heads(capability.name));
    lagAtMs = now();
    const due = lag.slots.filter((row) => row.state === "following" && row.lag !== 0 && !resting(row));
    turn += 1;
    for (let i = 0; i < due.length && !stopping; i++) {
      const row = due[(i + turn) % due.length];
      if (row === undefined) continue;
      try {
        const about = {
          "banyan.capability": capability.name,
          "banyan.slot": row.slot,
          "banyan.lag": row.lag,
        };
        await inSpan("follow", about, () => (row.lag > 0 ? step(row) : ahead(row)));
      } catch (error) {
        if (isUnreachable(error)) throw error;
        if (isContention(error)) continue; // in other hands (a re-fill); the next round tries it again
        rests.set(row.slot, { seq: row.seq, untilMs: now() + retryStoppedMs });
        log.error({ slot: row.slot, err: error }, "a slot could not be followed; it rests, the others go on");
      }
    }
    return due.length > 0;
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        const more = await round();
        if (counts.failing > 0) log.info({ failed: counts.failing }, "following again");
        counts.failing = 0;
        if (!more && !stopping) await waker.wait(pollMs);
      } catch (error) {
        counts.failing += 1;
        counts.failedRounds += 1;
        if (counts.failing === 1) log.warn({ err: error }, "following waits for its databases");
        if (!stopping) await waker.wait(backoffMs(counts.failing, random));
      }
    }
  };

  const done = loop();
  return {
    numbers: () => ({
      ...counts,
      listening: listener.listening(),
      lag,
      lagAgeMs: lag === undefined ? undefined : now() - lagAtMs,
    }),
    wake: () => waker.wake(),
    stop: async () => {
      stopping = true;
      waker.wake();
      await Promise.all([done, listener.close()]);
    },
  };
}

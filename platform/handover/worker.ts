import { backoffMs } from "../log/backoff.ts";
import { listenTo } from "../log/listener.ts";
import { createWaker } from "../log/waker.ts";
import type { Log } from "../logging/log.ts";
import type { EventLog } from "./event-log/event-log.ts";
import { deliver, type Inbox } from "./inbox/deliver.ts";
import { giveLease, type Lease, takeLease } from "./outbox/lease.ts";
import { pruneOutbox } from "./outbox/prune.ts";
import { relayOnce } from "./outbox/relay.ts";
import { WRITTEN_CHANNEL } from "./outbox/wake.ts";
import { WorkerCounts } from "./worker-counts.ts";

export interface WorkerOptions<Change> {
  readonly inbox: Inbox<Change>;
  /** This side's own database, for the connection that LISTENs. */
  readonly ownUrl: string;
  readonly log: EventLog;
  /** Outbox rows stay at least this long. */
  readonly retainMs: number;
  /** New for each start of a process. */
  readonly holder: string;
  readonly logger: Log;
  readonly random: () => number;
  readonly now: () => number;
  /** Where it counts what it does; whoever wants to see that makes one. */
  readonly counts?: WorkerCounts;
  /** Bound of the sleep between two looks at the outbox. Default 1000. */
  readonly pollMs?: number;
}

const LEASE_MS = 5_000;
const PRUNE_EVERY_MS = 10_000;

/**
 * One side's worker for one capability: its relay, under a lease, and its inbox. Answers how to stop it. A second worker
 * of the same side waits for the lease, and its inbox finds duplicates.
 */
export async function startWorker<Change>(options: WorkerOptions<Change>): Promise<() => Promise<void>> {
  const { inbox, log, logger, random, now, counts = new WorkerCounts(), pollMs = 1_000 } = options;
  const { own, capability } = inbox;
  const waker = createWaker();
  let stopping = false;
  let lease: Lease | undefined;
  let prunedAtMs = now();

  const listener = listenTo({
    url: options.ownUrl,
    channel: WRITTEN_CHANNEL,
    name: `banyan ${capability.name} relay`,
    log: logger,
    random,
    onNotification: () => waker.wake(),
    onListening: () => waker.wake(),
  });

  /** Sends what is there; stops at the first failure, which is thrown. */
  const round = async (): Promise<void> => {
    for (let relayed = 1; !stopping && relayed > 0; counts.relayed(relayed)) {
      lease = await takeLease(own, `relay ${capability.name}`, options.holder, LEASE_MS);
      relayed = lease === undefined ? 0 : await relayOnce(own, log, capability.name, lease);
    }
    if (lease === undefined || now() - prunedAtMs < PRUNE_EVERY_MS) return;
    prunedAtMs = now();
    await pruneOutbox(own, inbox.peer, capability.name, options.retainMs);
  };

  const loop = async (): Promise<void> => {
    for (let failing = 0; !stopping; ) {
      try {
        await round();
        failing = 0;
        if (!stopping) await waker.wait(pollMs);
      } catch (error) {
        failing += 1;
        if (failing === 1) logger.warn({ err: error }, "the relay waits and tries again");
        if (!stopping) await waker.wait(backoffMs(failing, random));
      }
    }
  };

  const unsubscribe = await log.subscribe({
    reader: `inbox ${capability.name}`,
    capability: capability.name,
    handle: async (slot, rows) => counts.delivered(await deliver(inbox, slot, rows)),
  });
  const done = loop();
  return async () => {
    stopping = true;
    waker.wake();
    await Promise.all([done, listener.close(), unsubscribe()]);
    if (lease !== undefined) await giveLease(own, lease).catch(() => {});
  };
}

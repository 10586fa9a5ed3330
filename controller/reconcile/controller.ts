import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Act } from "@banyan/platform/handover/act/act.ts";
import { giveLease, type Lease, takeLease } from "@banyan/platform/handover/outbox/lease.ts";
import { backoffMs } from "@banyan/platform/log/backoff.ts";
import { createWaker } from "@banyan/platform/log/waker.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { Pool } from "pg";
import { Announcements } from "../announce.ts";
import { type Bounds, planMoves } from "../decide/plan-moves.ts";
import { pairsOf, type Since } from "../decide/since.ts";
import type { Intent } from "../intent/share.ts";
import type { Controlled } from "./controlled.ts";
import { type CapabilityStatus, statusOf } from "./status.ts";

export interface ControllerOptions {
  /** The controller's own database, migrated. */
  readonly own: Pool;
  /** New for each start of a process. */
  readonly holder: string;
  readonly capabilities: readonly Controlled[];
  readonly intent: Intent;
  readonly bounds: Bounds;
  readonly log: Log;
  readonly random: () => number;
  /** Monotonic. */
  readonly now: () => number;
  readonly sleep: Act["sleep"];
  /** Between two rounds. */
  readonly pollMs: number;
  readonly leaseMs: number;
  /**
   * So long a round waits for its slowest capability. That one goes on by itself, and has its next turn after it: a
   * database that is slow holds no other capability up. Default 1000.
   */
  readonly roundMs?: number;
}

export interface ControllerStatus {
  /** `acting`: it has the lease · `waiting`: another has it · `away`: its own database can't be reached. */
  readonly state: "acting" | "waiting" | "away";
  /** Capabilities where nothing is begun now: a database away, or a newer controller. */
  readonly halted: readonly string[];
  /** Capabilities that are not opened yet in both of their databases: looked at again, round after round. */
  readonly unopened: readonly string[];
  /** As last seen. */
  readonly capabilities: readonly CapabilityStatus[];
}

export interface Controller {
  status(): ControllerStatus;
  /** Who owns which slot, as its rounds see it: silent while another controller has the lease. */
  readonly announcements: Pick<Announcements, "listen">;
  /** Ends the act in hand and gives the lease back. What is in hand then is finished by the next one. */
  stop(): Promise<void>;
}

const LEASE = "controller";
/** The slot moved, can't be handed over now, or was busy: looked at again in the next round. */
const LOOK_AGAIN: readonly string[] = ["BYN-DATA-023", "BYN-DATA-024", "BYN-DATA-025"];

/** Brings ownership to intent, round after round, while it has the lease (§5.14). Never throws for a database's sake. */
export function startController(options: ControllerOptions): Controller {
  const { own, log, now, roundMs = 1_000 } = options;
  const waker = createWaker();
  const seen = new Map<string, Since>();
  const statuses = new Map<string, CapabilityStatus>();
  /** Failed turns in a row, and when the next one may be. */
  const halted = new Map<string, { readonly failures: number; readonly againMs: number }>();
  const opened = new Set<string>();
  const unopened = new Set<string>();
  /** Turns that have not ended. */
  const turns = new Map<string, Promise<void>>();
  const announcements = new Announcements();
  /** The token that a capability's databases were shown. */
  const fenced = new Map<string, number>();
  let stopping = false;
  let lease: Lease | undefined;
  let state: ControllerStatus["state"] | undefined;

  const hold = async (): Promise<Lease | undefined> => {
    lease = await takeLease(own, LEASE, options.holder, options.leaseMs);
    become(lease === undefined ? "waiting" : "acting");
    return lease;
  };
  const become = (next: ControllerStatus["state"], error?: unknown): void => {
    if (state !== next) log.info({ state: next, token: lease?.token, err: error }, WORDS[next]);
    state = next;
  };

  const isOpened = async (one: Controlled): Promise<boolean> => {
    if (opened.has(one.name)) return true;
    if (await one.opened()) {
      opened.add(one.name);
      unopened.delete(one.name);
      return true;
    }
    if (!unopened.has(one.name)) log.info({ capability: one.name }, "not opened yet: it is looked at again");
    unopened.add(one.name);
    return false;
  };

  const reconcile = async (one: Controlled, token: number): Promise<void> => {
    if (!(await isOpened(one))) return;
    const act: Act = { token, sleep: options.sleep };
    if (fenced.get(one.name) !== token) {
      await one.fence(act);
      fenced.set(one.name, token);
    }
    const rows = await one.rows();
    const { pairs, since } = pairsOf(rows.monolith, rows.extracted, seen.get(one.name) ?? new Map(), now());
    seen.set(one.name, since);
    announcements.see(one.name, pairs);
    const share = options.intent.shareOf(one.name);
    tell(statusOf(one.name, share, pairs));
    for (const move of planMoves(pairs, share, options.bounds)) {
      // Before each act: who has lost the lease stops here, and who does not know it yet is refused by the token.
      if (stopping || (await hold())?.token !== token) return;
      try {
        await one.take(move, act);
        log.info({ capability: one.name, ...move }, "done");
      } catch (error) {
        if (!(error instanceof BanyanError) || !LOOK_AGAIN.includes(error.code)) throw error;
        log.debug({ err: error, capability: one.name, ...move }, "not now");
      }
    }
  };

  /** Says an unknown intent once. */
  const tell = (status: CapabilityStatus): void => {
    const before = statuses.get(status.capability)?.unknown?.code;
    const { capability, unknown } = status;
    if (unknown !== undefined && unknown.code !== before)
      log.warn({ capability, ...unknown }, "intent is unknown: ownership stays where it is");
    statuses.set(capability, status);
  };

  /** One capability's turn, by itself: it never throws, and what it meets is no other one's business. */
  const turn = async (one: Controlled, token: number): Promise<void> => {
    try {
      await reconcile(one, token);
      if (halted.delete(one.name)) log.info({ capability: one.name }, "goes on");
    } catch (error) {
      const failures = (halted.get(one.name)?.failures ?? 0) + 1;
      if (failures === 1)
        log.warn(
          { err: error, capability: one.name },
          "nothing is begun: a database is away, or it was refused",
        );
      halted.set(one.name, { failures, againMs: now() + backoffMs(failures, options.random) });
    } finally {
      turns.delete(one.name);
    }
  };

  const round = async (): Promise<void> => {
    const held = await hold();
    if (held === undefined) return;
    for (const one of options.capabilities) {
      const waits = now() < (halted.get(one.name)?.againMs ?? Number.NEGATIVE_INFINITY);
      if (!waits && !turns.has(one.name)) turns.set(one.name, turn(one, held.token));
    }
    await atMost(Promise.all(turns.values()), roundMs);
  };

  const loop = async (): Promise<void> => {
    for (let failing = 0; !stopping; ) {
      try {
        await round();
        failing = 0;
      } catch (error) {
        failing += 1;
        lease = undefined;
        become("away", error);
      }
      if (!stopping) await waker.wait(failing === 0 ? options.pollMs : backoffMs(failing, options.random));
    }
    await Promise.all(turns.values());
  };

  const done = loop();
  return {
    announcements,
    status: () => ({
      state: state ?? "away",
      halted: [...halted.keys()],
      unopened: [...unopened],
      capabilities: [...statuses.values()],
    }),
    stop: async () => {
      stopping = true;
      waker.wake();
      announcements.end();
      await done;
      if (lease !== undefined) await giveLease(own, lease).catch(() => {});
    },
  };
}

/** Waits for work that never fails, and no longer than that. */
function atMost(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const WORDS = {
  acting: "it has the lease and acts",
  waiting: "another controller has the lease: it waits",
  away: "its own database is away: it does nothing",
} as const;

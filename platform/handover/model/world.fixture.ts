import { randomBytes } from "node:crypto";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { Act } from "../act/act.ts";
import type { OwnedCapability } from "../capability.ts";
import type { EventLog, LogRecord } from "../event-log/event-log.ts";
import type { Inbox } from "../inbox/deliver.ts";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { StoredResponse, WriteKey } from "../write/keys.ts";
import { appendEntry, type Bench, type Change, listOf } from "./bench.fixture.ts";
import type { HandoverCode } from "./code.fixture.ts";
import { type History, holds, newHistory, remember } from "./invariants.fixture.ts";
import { readState, type State } from "./state.fixture.ts";

export const SLOT = 7;
/** Rows stay as long as their peer and the log need them, and no longer. */
const RETAIN_MS = 0;

export function keyOf(write: string): WriteKey {
  return { principal: "ada", route: "POST /orders", key: write, bodyHash: `hash of ${write}` };
}

export function answerTo(write: string): StoredResponse {
  return { status: 201, headers: {}, body: { write } };
}

/** One slot of one capability between two databases, and the code that moves it. */
export class World {
  readonly code: HandoverCode;
  readonly bench: Bench;
  readonly capability: OwnedCapability<Change>;
  readonly history: History = newHistory();
  /** The state after the last `look`. */
  now: State;
  /** What the next sending does: it fails before the log has it, or the relay dies before it notes. */
  sending: "works" | "fails" | "dies before the note" = "works";

  private constructor(code: HandoverCode, bench: Bench, capability: string, now: State) {
    this.code = code;
    this.bench = bench;
    this.capability = listOf(capability);
    this.now = now;
    remember(this.history, now, now);
  }

  static async open(code: HandoverCode, bench: Bench): Promise<World> {
    const capability = `list-${randomBytes(6).toString("hex")}`;
    await bench.open(capability, SLOT);
    return new World(code, bench, capability, await readState(bench, capability, SLOT));
  }

  /** Reads both databases after a step and holds them to every invariant. */
  async look(): Promise<State> {
    const now = await readState(this.bench, this.capability.name, SLOT);
    remember(this.history, this.now, now);
    this.now = now;
    holds(this.history, now);
    return now;
  }

  pool(side: Side) {
    return this.bench.pools[side];
  }

  between(from: Side) {
    const [own, peer] = [this.pool(from), this.pool(peerOf(from))];
    return { capability: this.capability.name, slot: SLOT, from: own, to: peer };
  }

  inbox(side: Side): Inbox<Change> {
    const peer = this.code.peerOutbox(this.pool(peerOf(side)));
    return { capability: this.capability, own: this.pool(side), peer, batch: 2 };
  }

  /** A controller's act. It does not sleep between two tries. */
  act(token = 1): Act {
    return { token, sleep: async () => {} };
  }

  /** A client's write; `held` runs while the slot is locked. */
  write(side: Side, write: string, options: { keyed?: boolean; held?: () => Promise<void> } = {}) {
    const name = this.capability.name;
    const key = options.keyed === false ? {} : { key: keyOf(write) };
    return this.code.guardedWrite(
      this.pool(side),
      { capability: name, slot: SLOT, ...key },
      async (client) => {
        await appendEntry(client, name, SLOT, write);
        await options.held?.();
        return { changes: [{ write }], response: answerTo(write) };
      },
    );
  }

  receive(side: Side, ...events: readonly OutboxRow[]) {
    return this.code.receive(this.pool(side), this.capability, SLOT, events);
  }

  /** A row that the side wrote, from memory: it may be long removed. */
  row(side: Side, seq: number): OutboxRow {
    const row = this.history.rows[side].get(seq);
    if (row === undefined) throw new Error(`${side} wrote no row ${seq}`);
    return row;
  }

  drain(side: Side) {
    return this.code.drain(this.inbox(side), SLOT);
  }

  async fill(copy: Side, token = 1): Promise<boolean> {
    const act = this.act(token);
    if (!(await this.code.beginFill(this.pool(copy), this.capability.name, SLOT, act))) return false;
    const snapshot = await this.code.takeSnapshot(this.pool(peerOf(copy)), this.capability, SLOT);
    if (snapshot === undefined) return false;
    return this.code.putSnapshot(this.pool(copy), this.capability, snapshot, act);
  }

  reconcile(copy: Side) {
    const { capability } = this;
    const owner = { pool: this.pool(peerOf(copy)), capability };
    return this.code.reconcileSlot({ owner, copy: { pool: this.pool(copy), capability }, slot: SLOT });
  }

  /** One sending of a side's relay. */
  async relay(side: Side, sending: World["sending"] = "works"): Promise<number> {
    this.sending = sending;
    const lease = await this.code.takeLease(this.pool(side), this.capability.name, "relay", 60_000);
    if (lease === undefined) throw new Error("the lease is taken");
    return this.code.relayOnce(this.pool(side), this.wireOf(side), this.capability.name, lease);
  }

  prune(side: Side): Promise<number> {
    const peer = this.code.peerOutbox(this.pool(peerOf(side)));
    return this.code.pruneOutbox(this.pool(side), peer, this.capability.name, RETAIN_MS);
  }

  /** Writes and keys of a copy are gone: what trusting it again would lose. */
  async damage(side: Side): Promise<void> {
    const about = [this.capability.name, SLOT];
    await this.pool(side).query("DELETE FROM entry WHERE capability = $1 AND slot = $2", about);
    await this.pool(side).query("DELETE FROM handover.key WHERE capability = $1 AND slot = $2", about);
    this.history.damaged += 1;
  }

  private wireOf(side: Side): EventLog {
    const { wire } = this.history;
    return {
      publish: async (records: readonly LogRecord[]) => {
        if (this.sending === "fails") throw new Error("the log is away");
        wire[side].push(...records.map((record) => record.row.seq));
        if (this.sending !== "works") throw new Error(this.sending);
      },
      subscribe: () => Promise.reject(new Error("nobody reads this log")),
      health: async () => ({ ok: true, detail: "" }),
      close: async () => {},
    };
  }
}

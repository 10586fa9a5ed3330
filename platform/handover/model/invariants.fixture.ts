import assert from "node:assert/strict";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import type { SideState, State, WrittenRow } from "./state.fixture.ts";

/** What can't be read from the databases at one moment. */
export interface History {
  /** Every outbox row that a side ever wrote, removed ones too. */
  readonly rows: Readonly<Record<Side, Map<number, WrittenRow>>>;
  /** The highest epoch at which a side answered 421. */
  readonly refusedAt: Record<Side, number>;
  /** How often a copy was damaged on purpose. */
  damaged: number;
  /** Whoever looks, looks after every step. */
  stepwise: boolean;
  /** What was sent to the log, in order. */
  readonly wire: Readonly<Record<Side, number[]>>;
}

export function newHistory(): History {
  return {
    rows: { monolith: new Map(), extracted: new Map() },
    refusedAt: { monolith: 0, extracted: 0 },
    damaged: 0,
    stepwise: false,
    wire: { monolith: [], extracted: [] },
  };
}

/** Takes in what a step left: rows that are new, and what a 421 could say now. Rows never change once written. */
export function remember(history: History, before: State, now: State): void {
  for (const side of SIDES) {
    const { outbox, owner, epoch, seq } = now[side];
    for (const row of outbox) {
      const known = history.rows[side].get(row.seq);
      if (known !== undefined) {
        assert.deepEqual(row, known, `NoEcho: ${side} wrote row ${row.seq} again`);
        continue;
      }
      history.rows[side].set(row.seq, row);
      // A row comes only from the owner's own transaction, and it is the next one. That can be told after one step.
      const was = before[side];
      const own = !history.stepwise || (was.owner && seq === was.seq + 1 && row.seq === seq);
      assert(own, `NoEcho: ${side} wrote row ${row.seq} and was no owner at ${row.seq - 1}`);
    }
    if (!owner) history.refusedAt[side] = Math.max(history.refusedAt[side], epoch);
  }
}

const isMarker = (row: WrittenRow) => row.kind === "handover";
const bySeq = (a: WrittenRow, b: WrittenRow) => a.seq - b.seq;

/**
 * The invariants of docs/handover/handover.tla, by their names there, on what the two databases hold (§5). Throws an
 * AssertionError that begins with the invariant's name.
 */
export function holds(history: History, now: State): void {
  const all = SIDES.flatMap((side) => [...history.rows[side].values()]).sort(bySeq);
  const owners = SIDES.filter((side) => now[side].owner);
  const trusted = SIDES.filter((side) => now[side].owner || now[side].state === "following");
  const { monolith, extracted } = now;
  const authority = owners[0] ?? (monolith.seq >= extracted.seq ? "monolith" : "extracted");
  const before = (seq: number) => all.filter((row) => row.seq <= seq);
  const writesOf = (seq: number) => before(seq).flatMap((row) => row.changes.map((change) => change.write));
  const keysOf = (seq: number) =>
    before(seq)
      .flatMap(({ key }) =>
        key === null ? [] : [{ key: key.key, bodyHash: key.bodyHash, response: key.response }],
      )
      .sort((a, b) => (a.key < b.key ? -1 : 1));

  assert(owners.length <= 1, "OneOwner: both sides own the slot");
  assert.deepEqual(
    all.map((row) => row.seq),
    all.map((_row, i) => i + 1),
    "Gapless: seq over both outboxes together",
  );
  const written = writesOf(Number.POSITIVE_INFINITY);
  assert.equal(new Set(written).size, written.length, "Once: a write stands twice in the outboxes");
  for (const side of trusted) {
    const { seq, writes, keys } = now[side];
    assert.deepEqual(writes, writesOf(seq), `SameHistory: ${side} at seq ${seq}`);
    assert.deepEqual(keys, keysOf(seq), `KeysRight: ${side} at seq ${seq}`);
  }
  assert.equal(now[authority].seq, all.length, `NothingLost: ${authority} has not every row`);
  assert(trusted.includes(authority), `NothingLost: ${authority} is ${now[authority].state}`);
  for (const side of SIDES) {
    assert.notEqual(now[side].trouble, "BYN-DATA-026", `NoAlarm: ${side}`);
    assert.equal(now[side].foreign, 0, `NoForeign: ${side}`);
    assert(history.damaged > 0 || now[side].state !== "quarantined", `NoFalseQuar: ${side}`);
    nextRowThere(now, side);
    const fresh = SIDES.every((either) => now[either].epoch > history.refusedAt[side]);
    assert(!now[side].owner || fresh, `Fresh421: ${side} owns, and has named as high an epoch in a 421`);
    logComplete(history, side);
  }
  epochTells(now, owners);
  const epochsOf = (side: Side) => [...history.rows[side].values()].map((row) => row.epoch);
  const shared = epochsOf("monolith").filter((epoch) => epochsOf("extracted").includes(epoch));
  assert.deepEqual(shared, [], "EpochOneSide: both sides wrote under one epoch");
  assert(
    all.every((row) => !isMarker(row) || row.nextEpoch === row.epoch + 1),
    "a marker's next epoch",
  );
}

/** A following copy always finds its next row in the peer's outbox. */
function nextRowThere(now: State, side: Side): void {
  const own = now[side];
  const peer = now[peerOf(side)];
  if (own.owner || own.state !== "following" || own.seq >= peer.seq) return;
  const next = own.seq + 1;
  assert(
    peer.outbox.some((row) => row.seq === next),
    `NextRowThere: ${side} is at ${own.seq}, row ${next} is gone`,
  );
}

/** Equal epochs <=> somebody owns; and with none, the epochs tell who owns next (§5.1). */
function epochTells(now: State, owners: readonly Side[]): void {
  const { monolith, extracted } = now;
  assert.equal(
    owners.length > 0,
    monolith.epoch === extracted.epoch,
    `EpochTells: epochs ${monolith.epoch} and ${extracted.epoch}, owners: ${owners.length}`,
  );
  if (owners.length > 0) return;
  const next = monolith.epoch < extracted.epoch ? "monolith" : "extracted";
  const other = now[peerOf(next)];
  assert(
    now[next].seq < other.seq || other.state === "empty" || other.state === "filling",
    `EpochTells: ${next} has the lower epoch and is neither the receiver nor an old owner`,
  );
}

/** Other readers of the log see every row, first sightings in order. */
function logComplete(history: History, side: Side): void {
  const seen = new Set<number>();
  for (const seq of history.wire[side]) {
    const missing = [...history.rows[side].keys()].filter((other) => other < seq && !seen.has(other));
    assert.deepEqual(missing, [], `LogComplete: ${side} sent ${seq} before`);
    seen.add(seq);
  }
}

/** At rest: one owner, a copy that follows it, and the two the same. */
export function atRest(now: State): boolean {
  const { monolith, extracted } = now;
  const same = (side: SideState) =>
    JSON.stringify([side.epoch, side.seq, side.state, side.writes, side.keys, side.epochs]);
  return (
    monolith.owner !== extracted.owner &&
    monolith.state === "following" &&
    same(monolith) === same(extracted) &&
    monolith.trouble === null &&
    extracted.trouble === null
  );
}

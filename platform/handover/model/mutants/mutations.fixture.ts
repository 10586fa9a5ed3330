import type { Mutation } from "./plant.fixture.ts";

const GUARD = "write/guarded-write.ts";
const JUDGE = "inbox/judge.ts";
const RECEIVE = "inbox/receive.ts";
const SLOT_ROW = "slot/slot-row.ts";
const QUARANTINE = "slot/quarantine.ts";
const HAND_OVER = "act/hand-over.ts";
const ABORT = "act/abort.ts";
const FILL = "fill/fill.ts";
const SNAPSHOT = "fill/snapshot.ts";
const PRUNE = "outbox/prune.ts";
const RELAY = "outbox/relay.ts";
const RECONCILE = "reconcile/reconcile-slot.ts";

const OPEN_WRITE = "a write that is open when its slot is handed over stands before the marker";
const IN_ORDER = "events are applied once and in order; one beyond a gap is left where it is";
const NOTHING_TAKEN = "a copy that does not follow takes nothing: neither events, nor a marker after a fence";
const FOREIGN = "a row of a past epoch after its last is kept as a foreign tail, and the slot goes on";
const CONDITIONS = "a handover starts only when its receiver follows, close behind, without trouble";
const OLD_PLAN = "a handover that was planned before another one is refused";
const OLD_FENCE = "a fence that was planned for one handover does not hit a later one";
const OLD_RESTORE =
  "a restore that was planned for one abort does not bring back an owner in a later handover";
const FENCED = "a fenced receiver is empty, at an epoch that no marker has named";
const SENT_AGAIN = "a sending that failed, or that nobody noted, is sent again";

/**
 * The mutations of docs/handover/mutations.txt that touch a rule which the code has (it parks nothing), and some of the
 * code alone. Every one must be killed by the directed test that it names.
 */
export const MUTATIONS: readonly Mutation[] = [
  // The write guard, §5.2 and §5.3.
  {
    name: "m-nolock",
    file: SLOT_ROW,
    edits: [[" AND slot = $2 FOR UPDATE`", " AND slot = $2`"]],
    killedBy: OPEN_WRITE,
  },
  {
    name: "m-keylate",
    file: GUARD,
    edits: [["if (known !== undefined)", "if (known === null)"]],
    killedBy: "a repeat of a key is answered from what is stored, and nothing is written again",
  },
  {
    name: "c-notowner",
    file: GUARD,
    edits: [["if (!row.owner) {", "if (row === null) {"]],
    killedBy: "a side that does not own the slot answers 421 with its epoch, before any work",
  },
  {
    name: "c-anybody",
    file: GUARD,
    edits: [["known.bodyHash !== key.bodyHash", "known.bodyHash === null"]],
    killedBy: "a key with another body is refused with 422",
  },
  {
    name: "c-emptyrow",
    file: GUARD,
    edits: [["if (changes.length === 0)", "if (changes === null)"]],
    killedBy: "a write that records no change leaves seq and its key as they were",
  },
  {
    name: "c-waits",
    file: "act/act.ts",
    edits: [["SET LOCAL lock_timeout = ", "SET LOCAL application_name = "]],
    killedBy: "a handover does not wait behind a long write: it lets go and says that the slot is busy",
  },
  // The inbox, §5.5.
  {
    name: "m-seq",
    file: JUDGE,
    edits: [
      ['if (event.seq <= row.seq) return "duplicate";', ""],
      ['return event.seq === row.seq + 1 ? "next" : "gap";', 'return "next";'],
    ],
    killedBy: IN_ORDER,
  },
  {
    name: "c-twice",
    file: JUDGE,
    edits: [
      ['if (event.seq <= row.seq) return "duplicate";', ""],
      [
        'return event.seq === row.seq + 1 ? "next" : "gap";',
        'return event.seq <= row.seq + 1 ? "next" : "gap";',
      ],
    ],
    killedBy: IN_ORDER,
  },
  {
    name: "m-marker",
    file: RECEIVE,
    edits: [
      [
        'judgement === "next")',
        'judgement === "next" || (judgement === "gap" && event.kind === "handover"))',
      ],
    ],
    killedBy: "a marker that comes before the writes that stand before it gives nobody the slot",
  },
  {
    name: "t-anystate",
    file: JUDGE,
    edits: [['if (row.state !== "following") return "refused";', ""]],
    killedBy: NOTHING_TAKEN,
  },
  {
    name: "m-epoch",
    file: JUDGE,
    edits: [
      ['if (event.epoch < row.epoch) return event.seq <= lastOf(event.epoch) ? "duplicate" : "foreign";', ""],
      ['if (event.epoch > row.epoch) return "impossible";', ""],
    ],
    killedBy: FOREIGN,
  },
  {
    name: "m-epoch+t-anystate",
    file: JUDGE,
    edits: [
      ['if (row.state !== "following") return "refused";', ""],
      ['if (event.epoch < row.epoch) return event.seq <= lastOf(event.epoch) ? "duplicate" : "foreign";', ""],
      ['if (event.epoch > row.epoch) return "impossible";', ""],
    ],
    killedBy: NOTHING_TAKEN,
  },
  {
    name: "c-higher",
    file: JUDGE,
    edits: [['if (event.epoch > row.epoch) return "impossible";', ""]],
    killedBy: "an event of an epoch that nobody has opened stops the slot until a person has looked",
  },
  {
    name: "c-ownerbehind",
    file: JUDGE,
    edits: [['if (row.owner) return "impossible";', ""]],
    killedBy: "an owner is never behind: an event beyond its seq stops the slot, and is not applied",
  },
  {
    name: "m-echo",
    file: RECEIVE,
    edits: [
      [
        "return { ...row, seq, trouble: undefined };",
        `await client.query("INSERT INTO handover.outbox (capability, slot, seq, epoch, kind, changes) VALUES ($1, $2, $3, $4, 'event', $5)",
           [capability.name, row.slot, seq, event.epoch, JSON.stringify(event.changes)]);
         return { ...row, seq, trouble: undefined };`,
      ],
    ],
    killedBy: "applying writes no outbox row: nothing echoes",
  },
  {
    name: "m-nokeys",
    file: RECEIVE,
    edits: [["if (event.key !== null)", "if (event.key === undefined)"]],
    killedBy: "a key goes with its event: the new owner replays the first answer",
  },
  {
    name: "c-takernotes",
    file: RECEIVE,
    edits: [["await noteEpoch(client, capability, row.slot, { epoch, lastSeq: seq });", ""]],
    killedBy: "a redelivery of the old epoch after a handover is a duplicate",
  },
  // Pulling, sending and removing, §5.4 and §5.5.
  {
    name: "t-pull",
    file: QUARANTINE,
    edits: [["if (!still) return false;", "if (still === null) return false;"]],
    killedBy: "missing rows quarantine nothing that has moved since the pull began",
  },
  {
    name: "c-pullstate",
    file: QUARANTINE,
    edits: [['row.state === "following" && ', ""]],
    killedBy: "missing rows don't disturb a re-fill that began meanwhile",
  },
  {
    name: "m-prune",
    file: PRUNE,
    edits: [["AND o.slot = passed.slot AND o.seq <= passed.seq", "AND o.slot = passed.slot"]],
    killedBy: "a row stays until the peer's seq has passed it",
  },
  {
    name: "t-prune",
    file: PRUNE,
    edits: [[" AND o.seq <= sent.seq", ""]],
    killedBy: "a row stays until the relay has noted it as sent, for the log's other readers",
  },
  {
    name: "c-retain",
    file: PRUNE,
    edits: [["AND o.created_at <= now() -", "AND o.created_at <= now() +"]],
    killedBy: "a row stays for the declared time",
  },
  {
    name: "c-noteearly",
    file: RELAY,
    edits: [
      [
        "await log.publish(records);",
        "await note(own, capability, lease, records);\n  await log.publish(records);",
      ],
    ],
    killedBy: SENT_AGAIN,
  },
  {
    name: "c-goeson",
    file: RELAY,
    edits: [["await log.publish(records);", "await log.publish(records).catch(() => {});"]],
    killedBy: SENT_AGAIN,
  },
  {
    name: "c-lease",
    file: RELAY,
    edits: [["AND lease.token = $3", "AND $3::bigint > 0"]],
    killedBy: "a relay whose lease is another's by now sends nothing",
  },
  // The handover and its abort, §5.6.
  {
    name: "t-nobump",
    file: HAND_OVER,
    edits: [["owner: false, epoch: nextEpoch, seq", "owner: false, epoch, seq"]],
    killedBy: "between the two moments both sides answer 421, and the epochs tell who owns next",
  },
  {
    name: "c-givernotes",
    file: HAND_OVER,
    edits: [["await noteEpoch(client, capability, slot, { epoch, lastSeq: seq });", ""]],
    killedBy: "the giver notes its epoch's last, so that a copy filled from it later knows it",
  },
  {
    name: "m-cond",
    file: HAND_OVER,
    edits: [["if (why !== undefined) throw", "if (why === null) throw"]],
    killedBy: CONDITIONS,
  },
  {
    name: "c-condstate",
    file: HAND_OVER,
    edits: [['to.state !== "following"', "to.state === null"]],
    killedBy: CONDITIONS,
  },
  {
    name: "c-condepoch",
    file: HAND_OVER,
    edits: [["to.epoch !== from.epoch", "to.epoch < from.epoch"]],
    killedBy: CONDITIONS,
  },
  {
    name: "c-condlag",
    file: HAND_OVER,
    edits: [["return lag > maxLag ?", "return lag > maxLag + 10 ?"]],
    killedBy: CONDITIONS,
  },
  {
    name: "c-condtrouble",
    file: HAND_OVER,
    edits: [["if (trouble !== undefined) return", "if (trouble === null) return"]],
    killedBy: CONDITIONS,
  },
  {
    name: "c-condreconcile",
    file: HAND_OVER,
    edits: [["if (await reconcileRuns(client, capability, slot)) {", "if (client === null) {"]],
    killedBy: "no handover starts while the slot is being reconciled",
  },
  {
    name: "m-cas (handover)",
    file: HAND_OVER,
    edits: [["!row.owner || row.epoch !== plan.epoch", "!row.owner"]],
    killedBy: OLD_PLAN,
  },
  {
    name: "c-giveowner",
    file: HAND_OVER,
    edits: [["!row.owner || row.epoch !== plan.epoch", "row.epoch < plan.epoch"]],
    killedBy: OLD_PLAN,
  },
  {
    name: "m-cas (fence)",
    file: ABORT,
    edits: [["row.owner || row.epoch !== nextEpoch - 1", "row.owner"]],
    killedBy: OLD_FENCE,
  },
  {
    name: "c-fenceowner",
    file: ABORT,
    edits: [["row.owner || row.epoch !== nextEpoch - 1", "row.epoch < nextEpoch - 1"]],
    killedBy: OLD_FENCE,
  },
  {
    name: "m-cas (restore)",
    file: ABORT,
    edits: [["row.owner || row.epoch !== plan.nextEpoch", "row.owner"]],
    killedBy: OLD_RESTORE,
  },
  {
    name: "c-restoreowner",
    file: ABORT,
    edits: [["row.owner || row.epoch !== plan.nextEpoch", "row.epoch < plan.nextEpoch"]],
    killedBy: OLD_RESTORE,
  },
  {
    name: "m-aborder",
    file: ABORT,
    edits: [
      [
        'plan.stage === "restore" ? plan.epoch : await fenceReceiver(to, capability, slot, nextEpoch, act);',
        'plan.stage === "restore" ? plan.epoch : nextEpoch + 1;',
      ],
      [
        "await restoreOwner(from, capability, slot, { nextEpoch, epoch }, act);",
        `await restoreOwner(from, capability, slot, { nextEpoch, epoch }, act);
         if (plan.stage === "fence") await fenceReceiver(to, capability, slot, nextEpoch, act);`,
      ],
    ],
    killedBy: "an abort fences the receiver before it restores the owner",
  },
  {
    name: "m-fencestate",
    file: ABORT,
    edits: [['{ ...row, state: "empty", epoch, trouble', "{ ...row, epoch, trouble"]],
    killedBy: FENCED,
  },
  {
    name: "t-abortepoch",
    file: ABORT,
    edits: [["const epoch = nextEpoch + 1;", "const epoch = row.epoch + 1;"]],
    killedBy: FENCED,
  },
  {
    name: "c-fenceagain",
    file: ABORT,
    edits: [["to.epoch > from.epoch && (", "to.epoch < from.epoch && ("]],
    killedBy: "an abort that was left half done is finished at the same epoch, never fenced again",
  },
  {
    name: "m-token",
    file: "act/act.ts",
    edits: [["if (seen > token) {", "if (seen < 0) {"]],
    killedBy: "an act with a lower token than the highest seen at that database is refused",
  },
  // Back-fill and reconcile, §5.11 and §5.12.
  {
    name: "m-nosnapkeys",
    file: SNAPSHOT,
    edits: [["keys: await readKeys(client, capability.name, slot)", "keys: []"]],
    killedBy: "keys go with a back-fill",
  },
  {
    name: "t-filllast",
    file: SNAPSHOT,
    edits: [["epochs: await readEpochs(client, capability.name, slot)", "epochs: []"]],
    killedBy: "past epochs go with a back-fill: what they wrote stays known",
  },
  {
    name: "m-snapany",
    file: SNAPSHOT,
    edits: [["if (!row.owner) return undefined;", ""]],
    killedBy: "only an owner is copied",
  },
  {
    name: "m-fillfollow",
    file: FILL,
    edits: [['return !row.owner && row.state !== "following";', "return !row.owner;"]],
    killedBy: "a slot that follows is never filled: in hand, the side that gave it has all that there is",
  },
  {
    name: "t-fill",
    file: FILL,
    edits: [["if (!fits(row, snapshot)) return false;", ""]],
    killedBy: "a snapshot never overwrites an owner",
  },
  {
    name: "t-fillcas",
    file: FILL,
    edits: [
      ['if (row.owner || row.state !== "filling") return false;', "if (row.owner) return false;"],
      [
        "return row.epoch === snapshot.epoch && row.seq <= snapshot.seq;",
        "return row.epoch === snapshot.epoch;",
      ],
    ],
    killedBy: "a snapshot older than the copy is refused",
  },
  {
    name: "m-fillstate",
    file: FILL,
    edits: [['if (row.owner || row.state !== "filling") return false;', ""]],
    killedBy: "a snapshot is put only where a fill waits for it",
  },
  {
    name: "m-fillepoch",
    file: FILL,
    edits: [["return row.epoch === snapshot.epoch && row.seq", "return row.seq"]],
    killedBy: "a snapshot of a past epoch is refused",
  },
  {
    name: "m-fillseq",
    file: FILL,
    edits: [
      [
        "return row.epoch === snapshot.epoch && row.seq <= snapshot.seq;",
        "return row.epoch === snapshot.epoch;",
      ],
    ],
    killedBy: "a snapshot older than the copy is refused",
  },
  {
    name: "c-unequalseq",
    file: RECONCILE,
    edits: [
      ["return owner.seq === copy.seq && owner.epoch === copy.epoch;", "return owner.epoch === copy.epoch;"],
    ],
    killedBy: "reconcile compares at equal seq only: a copy that is behind is not different",
  },
  {
    name: "c-nocarried",
    file: "reconcile/carried.ts",
    edits: [['return rows[0]?.checksum ?? "";', 'return "";']],
    killedBy: "reconcile compares the keys too",
  },
];

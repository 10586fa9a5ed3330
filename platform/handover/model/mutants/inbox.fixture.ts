import type { Mutation } from "./plant.fixture.ts";

const JUDGE = "inbox/judge.ts";
const RECEIVE = "inbox/receive.ts";
const IN_ORDER = "events are applied once and in order; one beyond a gap is left where it is";
const NOTHING_TAKEN = "a copy that does not follow takes nothing: neither events, nor a marker after a fence";
const FOREIGN = "a row of a past epoch after its last is kept as a foreign tail, and the slot goes on";

/** The inbox, §5.5. */
export const INBOX_MUTATIONS: readonly Mutation[] = [
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
];

import type { Mutation } from "./plant.fixture.ts";

const FILL = "fill/fill.ts";
const SNAPSHOT = "fill/snapshot.ts";
const RECONCILE = "reconcile/reconcile-slot.ts";

/** Back-fill and reconcile, §5.11 and §5.12. */
export const FILLS_MUTATIONS: readonly Mutation[] = [
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

import type { Mutation } from "./plant.fixture.ts";

const GUARD = "write/guarded-write.ts";
const SLOT_ROW = "slot/slot-row.ts";
const OPEN_WRITE = "a write that is open when its slot is handed over stands before the marker";

/** The write guard, §5.2 and §5.3. */
export const WRITES_MUTATIONS: readonly Mutation[] = [
  {
    name: "m-nolock",
    file: SLOT_ROW,
    edits: [
      [" AND slot = $2 FOR UPDATE`", " AND slot = $2`"],
      ["handover: lock", "handover: no lock"], // a statement that is prepared keeps its text
    ],
    killedBy: OPEN_WRITE,
  },
  {
    name: "m-keylate",
    file: GUARD,
    edits: [["known !== undefined) throw", "known === null) throw"]],
    killedBy: "a repeat of a key is answered from what is stored, and nothing is written again",
  },
  {
    name: "c-notowner",
    file: GUARD,
    edits: [["if (!owner) throw", "if (owner === null) throw"]],
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
];

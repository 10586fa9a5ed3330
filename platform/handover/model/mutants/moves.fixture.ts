import type { Mutation } from "./plant.fixture.ts";

const HAND_OVER = "act/hand-over.ts";
const ABORT = "act/abort.ts";
const CONDITIONS = "a handover starts only when its receiver follows, close behind, without trouble";
const OLD_PLAN = "a handover that was planned before another one is refused";
const OLD_FENCE = "a fence that was planned for one handover does not hit a later one";
const OLD_RESTORE =
  "a restore that was planned for one abort does not bring back an owner in a later handover";
const FENCED = "a fenced receiver is empty, at an epoch that no marker has named";

/** The handover and its abort, §5.6. */
export const MOVES_MUTATIONS: readonly Mutation[] = [
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
];

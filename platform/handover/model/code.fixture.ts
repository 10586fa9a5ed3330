import { pathToFileURL } from "node:url";
import { abortHandover, fenceReceiver, planAbort, restoreOwner } from "../act/abort.ts";
import { giveAway, handOver, planHandover, whyNot } from "../act/hand-over.ts";
import { beginFill, putSnapshot } from "../fill/fill.ts";
import { fillSlots } from "../fill/fill-slots.ts";
import { takeSnapshot } from "../fill/snapshot.ts";
import { deliver, drain } from "../inbox/deliver.ts";
import { beginPull, quarantineGone, readPull } from "../inbox/pull.ts";
import { receive } from "../inbox/receive.ts";
import { takeLease } from "../outbox/lease.ts";
import { peerOutbox } from "../outbox/peer-outbox.ts";
import { pruneOutbox } from "../outbox/prune.ts";
import { relayOnce } from "../outbox/relay.ts";
import { reconcileSlot } from "../reconcile/reconcile-slot.ts";
import { markReconcile } from "../reconcile/running.ts";
import { dismissAlarm } from "../slot/dismiss-alarm.ts";
import { quarantine } from "../slot/quarantine.ts";
import { guardedWrite } from "../write/guarded-write.ts";
import { MisdirectedError } from "../write/misdirected.ts";

/** The project's own code, as the tests of the model drive it. */
export const ownCode = {
  abortHandover,
  fenceReceiver,
  planAbort,
  restoreOwner,
  giveAway,
  handOver,
  planHandover,
  whyNot,
  beginFill,
  putSnapshot,
  fillSlots,
  takeSnapshot,
  deliver,
  drain,
  beginPull,
  quarantineGone,
  readPull,
  receive,
  takeLease,
  peerOutbox,
  pruneOutbox,
  relayOnce,
  reconcileSlot,
  markReconcile,
  dismissAlarm,
  quarantine,
  guardedWrite,
  MisdirectedError,
};

export type HandoverCode = typeof ownCode;

const FILES = [
  "act/abort.ts",
  "act/hand-over.ts",
  "fill/fill.ts",
  "fill/fill-slots.ts",
  "fill/snapshot.ts",
  "inbox/deliver.ts",
  "inbox/pull.ts",
  "inbox/receive.ts",
  "outbox/lease.ts",
  "outbox/peer-outbox.ts",
  "outbox/prune.ts",
  "outbox/relay.ts",
  "reconcile/reconcile-slot.ts",
  "reconcile/running.ts",
  "slot/dismiss-alarm.ts",
  "slot/quarantine.ts",
  "write/guarded-write.ts",
  "write/misdirected.ts",
];

/** The same from a copy of `platform/handover` in another folder. */
export async function loadCode(folder: string): Promise<HandoverCode> {
  const load = (file: string) =>
    import(/* @vite-ignore */ new URL(file, pathToFileURL(`${folder}/`)).href) as Promise<object>;
  const code = Object.assign({}, ...(await Promise.all(FILES.map(load)))) as HandoverCode;
  for (const name of Object.keys(ownCode)) {
    if (!(name in code)) throw new Error(`${name} is in none of the copied files`);
  }
  return code;
}

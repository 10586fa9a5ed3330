import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { acquireLock } from "@banyan/platform/records/file-lock.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import { flagOf } from "@banyan/platform/settings/settings.ts";
import { isKnownOwned, slotRowsOf } from "../capabilities/owned.ts";
import { type BareContext, capabilityOf, type StackContext } from "../commands/context.ts";
import { arrived } from "./arrival.ts";
import { mustNotBeDependedOn } from "./depends-on.ts";
import { handedOver } from "./handed-over.ts";
import { type RollbackSafety, rollbackSafety } from "./rollback-safety.ts";
import { bareAdminOf, mustBeMovable } from "./standing.ts";

export interface RollbackOptions {
  /** Where to go back to; 0 if left out. */
  readonly to: number | undefined;
  /** A rehearsal proves that the way back works, and takes no proof away. */
  readonly rehearsal: boolean;
  readonly why: string;
  /** Of an owned capability: take the flag back although some slots can't follow now. */
  readonly evenIfUnsafe?: boolean;
}

export interface RolledBack {
  readonly from: number;
  readonly to: number;
  readonly arrivedAfterMs: number;
  /** Of an owned capability, as it was found before the flag moved. */
  readonly safety?: RollbackSafety;
}

/** How long a `next` that holds the step lock is waited for: it is over in a moment, a `prove` is not. */
const LOCK_WAIT_MS = 2_000;
/** How often the flag is set again when somebody moves it up at the same moment. */
const TRIES = 3;

/**
 * Takes a flag back: always right, needs no evidence, works with a broken ledger, a full disk and beside any other step.
 * The flag moves first and the ledger is written after: on a bad day the users come before the books. A `prove` that is
 * under way finds the rollback when it ends, and counts for nothing.
 * Of an owned capability it says first whether it is safe, and waits until the slots are back.
 * @throws BYN-CLI-002 (a rollback doesn't go up), -012, -041 (another depends on it), -042, -043 (unsafe)
 */
export async function rollBack(
  context: StackContext,
  capability: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  const flag = flagOf(capability, capabilityOf(context, capability));
  mustBeMovable(context.settings);
  await mustNotBeDependedOn(context, capability, options.evenIfUnsafe === true);
  return takeBack(context, capability, flag, options);
}

/** The same without `banyan.yaml`: the flag's name and the stack that `up` started are enough. */
export async function takeBack(
  context: BareContext,
  capability: string,
  flag: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  if (!isKnownOwned(capability)) return takeFlagBack(context, capability, flag, options);
  // Before its safety is told: what is refused is not safe, nor unsafe.
  await mustNotGoUp(context, capability, flag, options);
  const safety = rollbackSafety(await slotRowsOf(context.addresses, capability), options.to ?? 0);
  const words = `the rollback is ${safety.says}: ${safety.reasons.join("; ")}`;
  if (safety.says === "unsafe" && options.evenIfUnsafe !== true) {
    throw new BanyanError("BYN-CLI-043", words);
  }
  if (safety.says === "safe") context.screen.good(words);
  else context.screen.warn(words);
  const done = await takeFlagBack(context, capability, flag, options);
  if (safety.says === "unsafe") return { ...done, safety };
  const backAfterMs = await handedOver(context, capability, done.to);
  return { ...done, arrivedAfterMs: done.arrivedAfterMs + backAfterMs, safety };
}

async function takeFlagBack(
  context: BareContext,
  capability: string,
  flag: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  await using _lock = await lockIfToBeHad(context, capability);
  const admin = bareAdminOf(context);
  const { from, to } = await mustNotGoUp(context, capability, flag, options);
  if (to < from) await admin.setPercentage(flag, to);
  let arrivedAfterMs = await arrived(context, capability, to);
  // Without the lock a `next` may have been about to move it.
  for (let left = TRIES; left > 0 && ((await admin.read(flag))?.percentage ?? to) > to; left--) {
    await admin.setPercentage(flag, to);
    arrivedAfterMs += await arrived(context, capability, to);
  }
  const entry = {
    at: new Date().toISOString(),
    kind: "rollback",
    body: { capability, from, to, rehearsal: options.rehearsal, why: options.why },
  } as const;
  if (from !== to) {
    await appendToLedger(context.places.ledger, entry).catch((error: unknown) => {
      if (!(error instanceof BanyanError)) throw error;
      const words = `${capability} is back at ${to} %, but that is not in the ledger: ${error.message}`;
      throw new BanyanError(error.code, words, { cause: error });
    });
  }
  return { from, to, arrivedAfterMs };
}

/** Where the flag is, and where it is to go. @throws BYN-CLI-002, BYN-FLAGS-005 */
async function mustNotGoUp(
  context: BareContext,
  capability: string,
  flag: string,
  { to = 0 }: RollbackOptions,
): Promise<{ readonly from: number; readonly to: number }> {
  const reading = await bareAdminOf(context).read(flag);
  if (reading === undefined) throw new BanyanError("BYN-FLAGS-005", `there is no flag ${flag}`);
  const from = reading.percentage;
  if (to <= from) return { from, to };
  throw new BanyanError("BYN-CLI-002", `${capability} is at ${from} %: a rollback doesn't go up to ${to} %`);
}

/** The lock only keeps the ledger tidy here: whoever holds it, and whatever keeps it from being written, is told of. */
async function lockIfToBeHad(
  { places, screen, signal }: BareContext,
  capability: string,
): Promise<AsyncDisposable> {
  try {
    const purpose = `banyan rollback ${capability}`;
    return await acquireLock(places.stepLock, { purpose, waitMs: LOCK_WAIT_MS, signal });
  } catch (error) {
    if (!(error instanceof BanyanError)) throw error;
    screen.warn(`${error.detail}; the rollback goes on all the same`);
    return { [Symbol.asyncDispose]: async () => {} };
  }
}

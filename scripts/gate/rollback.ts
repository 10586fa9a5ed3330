import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import { flagOf } from "@banyan/platform/settings/settings.ts";
import { type BareContext, capabilityOf, type StackContext } from "../commands/context.ts";
import { arrived } from "./arrival.ts";
import { bareAdminOf, mustBeMovable } from "./standing.ts";
import { takeStepLock } from "./step-lock.ts";

export interface RollbackOptions {
  /** Where to go back to; 0 if left out. */
  readonly to: number | undefined;
  /** A rehearsal proves that the way back works, and takes no proof away. */
  readonly rehearsal: boolean;
  readonly why: string;
}

export interface RolledBack {
  readonly from: number;
  readonly to: number;
  readonly arrivedAfterMs: number;
}

/**
 * Takes a flag back: always right, needs no evidence, works with a broken ledger too. The flag moves first and the
 * ledger is written after: on a bad day the users come before the books.
 * @throws BYN-CLI-002 (a rollback doesn't go up), -004, -012
 */
export async function rollBack(
  context: StackContext,
  capability: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  const flag = flagOf(capability, capabilityOf(context, capability));
  mustBeMovable(context.settings);
  return takeBack(context, capability, flag, options);
}

/** The same without `banyan.yaml`: the flag's name and the stack that `up` started are enough. */
export async function takeBack(
  context: BareContext,
  capability: string,
  flag: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  await using _lock = await takeStepLock(context, `banyan rollback ${capability}`);
  const admin = bareAdminOf(context);
  const reading = await admin.read(flag);
  if (reading === undefined) throw new BanyanError("BYN-FLAGS-005", `there is no flag ${flag}`);
  const from = reading.percentage;
  const to = options.to ?? 0;
  if (to > from)
    throw new BanyanError(
      "BYN-CLI-002",
      `${capability} is at ${from} %: a rollback doesn't go up to ${to} %`,
    );
  if (to < from) await admin.setPercentage(flag, to);
  const arrivedAfterMs = await arrived(context, capability, to);
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

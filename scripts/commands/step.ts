import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { dismissOwned, isKnownOwned } from "../capabilities/owned.ts";
import { compareSides } from "../gate/data.ts";
import { explainSlots } from "../gate/explain-slots.ts";
import { fillCopy } from "../gate/fill-copy.ts";
import { takeNext } from "../gate/next.ts";
import { type Proved, prove } from "../gate/prove.ts";
import { type RollbackOptions, type RolledBack, rollBack, takeBack } from "../gate/rollback.ts";
import { standingOf } from "../gate/standing.ts";
import { takeStepLock } from "../gate/step-lock.ts";
import { showVerdict } from "../terminal/measures.ts";
import {
  type BareContext,
  bareContext,
  type CommandContext,
  capabilityOf,
  type StackContext,
  stackContext,
  withSettings,
} from "./context.ts";
import { nextCommandOf } from "./plan.ts";

export async function proveCommand(command: CommandContext, capability: string): Promise<void> {
  const context = await stackContext(command, capability);
  const proved = await prove(context, capability, { expectations: [] });
  const { screen } = context;
  for (const { kind, bundle } of proved.evidence) showVerdict(screen, bundle, kind);
  screen.result({
    step: stepTitle(proved.step.step),
    verdict: proved.verdict,
    evidence: proved.evidence.map(({ kind, bundle }) => ({
      kind,
      verdict: bundle.verdict,
      reasons: bundle.reasons,
      bundle: bundle.id,
    })),
  });
  if (proved.evidence.length === 0) screen.say("all its evidence has passed already");
  if (proved.verdict === "pass") screen.next(`npm run banyan -- next ${capability}`);
  mustPass(proved);
}

/** @throws BYN-CLI-013 on a fail, BYN-CLI-014 on inconclusive evidence */
export function mustPass({ verdict, step, evidence }: Pick<Proved, "verdict" | "step" | "evidence">): void {
  if (verdict === "pass") return;
  const reason = evidence.at(-1)?.bundle.reasons[0] ?? verdict;
  throw new BanyanError(
    verdict === "fail" ? "BYN-CLI-013" : "BYN-CLI-014",
    `${stepTitle(step.step)}: ${reason}`,
  );
}

export async function nextCommand(command: CommandContext, capability: string): Promise<void> {
  const context = await stackContext(command, capability);
  const { step, from, to, arrivedAfterMs } = await takeNext(context, capability);
  const { screen } = context;
  if (arrivedAfterMs === null) screen.good(`${stepTitle(step)}: taken`);
  else
    screen.good(
      `${stepTitle(step)}: the flag went from ${from} % to ${to} %, and the proxy followed after ${Math.round(arrivedAfterMs)} ms`,
    );
  const { plan } = await standingOf(context, capability);
  if (plan.next !== undefined) screen.next(nextCommandOf(capability, plan.next));
  screen.result({ step: stepTitle(step), from, to, arrivedAfterMs });
}

export async function rollbackCommand(
  command: CommandContext,
  capability: string,
  options: RollbackOptions,
): Promise<void> {
  const context = bareContext(command);
  const done = await goBack(context, capability, options);
  const words = `${capability} is back at ${done.to} % (from ${done.from} %), and the proxy followed after ${Math.round(done.arrivedAfterMs)} ms`;
  context.screen.good(done.from === done.to ? `${capability} is at ${done.to} % already` : words);
  context.screen.next(`npm run banyan -- plan ${capability}`);
  context.screen.result(done);
}

/**
 * The way back never depends on `banyan.yaml` being right: with a mistake in it, or without the capability, the flag is
 * the one that `up` made for it, or else the one of the capability's name.
 * @throws BYN-CLI-006 when nobody knows the capability
 */
async function goBack(
  context: BareContext,
  capability: string,
  options: RollbackOptions,
): Promise<RolledBack> {
  const kept = context.state.flags[capability];
  let problem: unknown;
  try {
    const whole = withSettings(context);
    if (kept === undefined || whole.settings.capabilities[capability] !== undefined)
      return await rollBack(whole, capability, options);
    problem = new BanyanError("BYN-CLI-006", `banyan.yaml has no ${capability} any more`);
  } catch (error) {
    if (!(error instanceof BanyanError && error.code.startsWith("BYN-CONFIG-"))) throw error;
    problem = error;
  }
  const known = Object.keys(context.state.flags);
  if (kept === undefined && known.length > 0)
    throw new BanyanError(
      "BYN-CLI-006",
      `there is no capability ${capability}; at \`up\` there was: ${known.join(", ")}`,
    );
  const flag = kept ?? capability;
  context.screen.warn(
    `${problem instanceof BanyanError ? `${problem.code} ${problem.detail}` : ""}; the way back does not need it: going by the flag ${flag}`,
  );
  return takeBack(context, capability, flag, options);
}

export async function syncCommand(
  command: CommandContext,
  capability: string,
  options: { rowsPerSecond?: number },
): Promise<void> {
  const context = await stackContext(command, capability);
  const { screen, signal } = context;
  mustHaveCopy(context, capability);
  await using _lock = await takeStepLock(context, `banyan sync ${capability}`);
  const result = await fillCopy(context, capability, options.rowsPerSecond);
  signal.throwIfAborted();
  if (result.slotsTotal === 0) screen.good("every slot of the copy follows already");
  else screen.good(`${result.filled} slots filled with ${result.rows} rows; the worker follows from there`);
  screen.next(`npm run banyan -- prove ${capability}`);
  screen.result(result);
}

/** After BYN-DATA-026 a slot takes nothing more: only a person can say that what it met was harmless. */
export async function dismissCommand(
  command: CommandContext,
  capability: string,
  given: string,
): Promise<void> {
  const context = await stackContext(command, capability);
  const { screen, addresses } = context;
  const slot = /^\d{1,3}$/.test(given) ? Number(given) : Number.NaN;
  if (!(slot >= 1 && slot <= ALL_SLOTS))
    throw new BanyanError("BYN-CLI-002", `a slot is a whole number from 1 to ${ALL_SLOTS}, not \`${given}\``);
  const sides = await dismissOwned(addresses, capability, slot);
  if (sides.length === 0) screen.warn(`slot ${slot} of ${capability} has no alarm, at neither side`);
  else screen.good(`slot ${slot} of ${capability} takes events again: ${sides.join(" and ")}`);
  screen.result({ capability, slot, sides });
}

export async function reconcileCommand(
  command: CommandContext,
  capability: string,
  { explain }: { readonly explain: boolean },
): Promise<void> {
  const context = await stackContext(command, capability);
  const { screen } = context;
  mustHaveCopy(context, capability);
  const found = await compareSides(context, capability);
  if (found.zero) screen.good(`all ${found.slots} slots hold the same ${found.rows} rows at the same seq`);
  else
    screen.bad(
      `${found.equal} of ${found.slots} slots equal, ${found.different} different, ${found.behind} behind, ${found.unfilled} not filled, ${found.quarantined} in quarantine`,
    );
  for (const { slot, seq, differing, first } of found.differences) {
    screen.say(`  slot ${slot} at seq ${seq}: ${differing} rows differ`);
    for (const difference of first) screen.say(`    ${JSON.stringify(difference)}`);
  }
  if (explain) for (const line of await explainSlots(context, capability)) screen.say(`  ${line}`);
  screen.result(found);
  if (!found.zero)
    throw new BanyanError("BYN-CLI-013", `the copy of ${capability} is not what its owner has`);
}

function mustHaveCopy(context: StackContext, capability: string): void {
  capabilityOf(context, capability);
  if (capability !== "catalog" && !isKnownOwned(capability))
    throw new BanyanError("BYN-CLI-016", `${capability} has no copy here`);
}

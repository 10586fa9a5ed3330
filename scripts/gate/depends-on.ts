import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import type { Settings } from "@banyan/platform/settings/settings.ts";
import { slotRowsOf } from "../capabilities/owned.ts";
import { capabilityOf, type StackContext } from "../commands/context.ts";

/**
 * What a capability depends on must be live first: every slot at the extracted side, which is more than a flag at 100 %.
 * @throws BYN-CLI-041
 */
export async function mustDependOnLive(context: StackContext, capability: string): Promise<void> {
  for (const needed of Object.keys(capabilityOf(context, capability).dependsOn ?? {})) {
    const { extracted } = await slotRowsOf(context.addresses, needed);
    const owned = extracted?.filter(({ owner, slot }) => owner && slot <= SLOTS).length ?? 0;
    if (owned === SLOTS) continue;
    throw new BanyanError(
      "BYN-CLI-041",
      `${capability} needs ${needed} live, and ${owned} of its ${SLOTS} slots are at the extracted side`,
    );
  }
}

/**
 * The way back goes in reverse order: while anything of a dependent is at the extracted side, what it depends on stays.
 * @throws BYN-CLI-041
 */
export async function mustNotBeDependedOn(context: StackContext, capability: string): Promise<void> {
  for (const dependent of dependentsOf(context.settings, capability)) {
    const { extracted } = await slotRowsOf(context.addresses, dependent);
    const owned = extracted?.filter(({ owner, slot }) => owner && slot <= SLOTS).length ?? 0;
    if (owned === 0) continue;
    throw new BanyanError(
      "BYN-CLI-041",
      `${dependent} depends on ${capability}, and ${owned} of its slots are at the extracted side: take ${dependent} back first`,
    );
  }
}

function dependentsOf({ capabilities }: Settings, capability: string): string[] {
  return Object.entries(capabilities).flatMap(([name, { dependsOn }]) =>
    capability in (dependsOn ?? {}) ? [name] : [],
  );
}

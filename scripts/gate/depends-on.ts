import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import { dependenciesOf, dependentsOf } from "@banyan/platform/settings/depends-on.ts";
import { slotRowsOf } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";

/**
 * What a capability depends on must be live first: every slot at the extracted side, which is more than a flag at 100 %.
 * @throws BYN-CLI-041
 */
export async function mustDependOnLive(context: StackContext, capability: string): Promise<void> {
  const [first] = await notLive(context, capability);
  if (first !== undefined) throw new BanyanError("BYN-CLI-041", notLiveWords(capability, first));
}

/** One that should be live, and how many of its slots the extracted side owns: undefined when its database does not say. */
export interface NotLive {
  readonly needed: string;
  readonly owned: number | undefined;
}

/** All that the capability depends on and that is not live, in the file's order. */
export async function notLive(context: StackContext, capability: string): Promise<readonly NotLive[]> {
  const found: NotLive[] = [];
  for (const { capability: needed } of dependenciesOf(context.settings, capability)) {
    const owned = await slotsMoved(context, needed);
    if (owned !== SLOTS) found.push({ needed, owned });
  }
  return found;
}

export function notLiveWords(capability: string, { needed, owned }: NotLive): string {
  return owned === undefined
    ? `${capability} needs ${needed} live, and how many of its slots are at the extracted side nobody knows`
    : `${capability} needs ${needed} live, and ${owned} of its ${SLOTS} slots are at the extracted side`;
}

/**
 * The way back goes in reverse order: while anything of a dependent is at the extracted side, what it depends on stays.
 * @throws BYN-CLI-041; -043 when nobody can tell how much of a dependent is there, unless that was foreseen
 */
export async function mustNotBeDependedOn(
  context: StackContext,
  capability: string,
  evenIfUnsafe: boolean,
): Promise<void> {
  for (const dependent of dependentsOf(context.settings, capability)) {
    const owned = await slotsMoved(context, dependent);
    if (owned === 0 || (owned === undefined && evenIfUnsafe)) continue;
    if (owned === undefined) {
      const words = `${dependent} depends on ${capability}, and the database of its extracted side is out of reach: how much of it is there nobody knows`;
      throw new BanyanError("BYN-CLI-043", words);
    }
    throw new BanyanError(
      "BYN-CLI-041",
      `${dependent} depends on ${capability}, and ${owned} of its slots are at the extracted side: take ${dependent} back first`,
    );
  }
}

/** How many slots the extracted side owns; undefined when its database does not say. */
async function slotsMoved({ addresses }: StackContext, capability: string): Promise<number | undefined> {
  const { extracted } = await slotRowsOf(addresses, capability);
  return extracted?.filter(({ owner, slot }) => owner && slot <= SLOTS).length;
}

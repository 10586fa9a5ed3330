import type { Override } from "@banyan/contracts/http/override.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import type { Exchange } from "../exchange.ts";
import type { Ground } from "../ground.ts";
import type { Capability } from "../match/routing.ts";
import { decide, STALE } from "./decide.ts";

/**
 * Where a request to an owned capability is sent first: to the owner of its slot, as far as one is known, else as the
 * flag says of its slot key. A request without a key, as one by an id, counts as slot 100. A wrong guess costs a 421
 * and a repeat, so an override has no say over what is known.
 */
export async function decideOwned(
  exchange: Exchange,
  ground: Ground,
  { name, flag }: Capability,
  slotKey: NonNullable<Capability["owned"]>["slotKey"],
  override: Override | undefined,
): Promise<void> {
  const { request, path, route, by } = exchange;
  if (by === "stale") {
    exchange.decision = STALE;
    return;
  }
  const { claimOf, hold, flags } = ground;
  const key = by === "key" ? await slotKey({ request, path, route, claimOf }) : undefined;
  if (key !== undefined) {
    const slot = slotOf(flag, key);
    exchange.slot = slot;
    const known = hold.knowledge.ownerOf(name, slot);
    if (known !== undefined) {
      exchange.decision = { side: known.owner, reason: "owner", slot };
      return;
    }
  }
  exchange.decision = decide(name, key, flags.intentOf(name), override);
}

import assert from "node:assert/strict";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { SLOT, type World } from "../world.fixture.ts";

/** A whole handover of the slot away from a side. */
export async function handOver(world: World, from: Side, token = 1): Promise<void> {
  await world.code.handOver(world.between(from), world.act(token), 10);
  await world.look();
  await world.drain(peerOf(from));
}

/** Gives the slot away, and no more: the marker stands in the outbox. */
export async function giveAway(world: World, from: Side, token = 1): Promise<void> {
  await world.code.handOver(world.between(from), world.act(token), 10);
  await world.look();
}

/** A copy that went wrong and was found out. */
export async function spoil(world: World, side: Side): Promise<void> {
  const { seq, epoch } = (await world.look())[side];
  await world.damage(side);
  const trouble = { code: "BYN-DATA-005", detail: "planted", seq } as const;
  const at = { slot: SLOT, seq, epoch };
  assert(await world.code.quarantine(world.pool(side), world.capability.name, at, trouble));
}

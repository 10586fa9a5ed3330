import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { type Both, catchUp, ownerOf } from "./whole-shop.ts";

/** Both sides have the same of the slot: rows, keys and past epochs, once the copy has all. Answers its owner. */
export async function expectEqual<Change>(both: Both<Change>, slot: number): Promise<Side> {
  let owner: Side | undefined;
  await until(`slot ${slot} of ${both.monolith.capability.name} is equal at both sides`, async () => {
    owner = await ownerOf(both, slot);
    if (owner === undefined) return false;
    await catchUp(both, slot, peerOf(owner));
    const compared = await reconcileSlot({ owner: both[owner], copy: both[peerOf(owner)], slot });
    if (compared.kind === "different") throw new Error(JSON.stringify(compared.differences));
    return compared.kind === "equal";
  });
  if (owner === undefined) throw new Error("nobody owns it");
  return owner;
}

/** The slot's foreign tails at both sides: writes that one owner acknowledged and the other never had. */
export async function foreignTails<Change>(both: Both<Change>): Promise<number> {
  const counts = [both.monolith, both.extracted].map(({ pool }) =>
    pool.query<{ rows: number }>("SELECT count(*)::int AS rows FROM handover.foreign_tail"),
  );
  return (await Promise.all(counts)).reduce((sum, { rows }) => sum + (rows[0]?.rows ?? 0), 0);
}

/** Statuses of the customer's orders at each side, the oldest first. */
export async function ordersOf<Change>(
  both: Both<Change>,
  customerId: string,
): Promise<Record<Side, string[]>> {
  const at = async (side: Side) => {
    const { rows } = await both[side].pool.query<{ status: string }>(
      "SELECT status FROM shop_order WHERE customer_id = $1 ORDER BY id",
      [customerId],
    );
    return rows.map(({ status }) => status);
  };
  return { monolith: await at("monolith"), extracted: await at("extracted") };
}

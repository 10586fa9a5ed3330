import { Buyer } from "../lesson/buyer.ts";
import type { CounterOptions } from "./counter.ts";
import type { Count } from "./journal.ts";
import { pause } from "./pause.ts";

const REQUEST_TIMEOUT_MS = 12_000;
/** So few that two carts want the same piece. */
const FEW = 3;
const THINK_MS = 1_000;

/** Keeps what is bought all the time scarce: now this SKU, now that, is counted anew, with a few pieces. */
export async function restock(options: CounterOptions): Promise<void> {
  const { url, session, skus, dice, journal, stopping, signal } = options;
  const admin = new Buyer({ url, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: 1, signal });
  const put = async (sku: string) => {
    const onHand = dice.upTo(FEW);
    const path = `/api/admin/inventory/${encodeURIComponent(sku)}`;
    const answer = await admin.send("PUT", path, { onHand }).catch(() => undefined);
    const end: Count["end"] = answer?.status === 200 ? "acknowledged" : "unknown";
    journal.restocks.set(sku, [...(journal.restocks.get(sku) ?? []), { onHand, end }]);
  };
  for (const sku of skus) if (!stopping()) await put(sku);
  while (!stopping()) {
    await pause(dice.upTo(THINK_MS));
    await put(dice.pick(skus));
  }
}

import { Buyer } from "../lesson/buyer.ts";
import type { Dice } from "./dice.ts";
import type { Count, Journal } from "./journal.ts";
import { pause } from "./pause.ts";

export interface CounterOptions {
  readonly url: string;
  /** An admin's. */
  readonly session: string;
  /** Nobody buys these, and nobody else counts them. */
  readonly skus: readonly string[];
  readonly dice: Dice;
  readonly journal: Journal;
  readonly stopping: () => boolean;
  /** Gives up what is in hand. */
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 12_000;
/** Counted at one time. */
const AT_ONCE = 4;
const THINK_MS = 300;

/** Counts the warehouse: now this SKU, now that, each time another number. */
export async function count(options: CounterOptions): Promise<void> {
  const { url, session, skus, dice, journal, stopping, signal } = options;
  const admin = new Buyer({ url, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: 1, signal });
  const left = [...skus];
  const now = left.splice(0, AT_ONCE);
  for (let onHand = 1_000; !stopping() && now.length > 0; onHand++) {
    const sku = dice.pick(now);
    const path = `/api/admin/inventory/${encodeURIComponent(sku)}`;
    const answer = await admin.send("PUT", path, { onHand }).catch(() => undefined);
    const end: Count["end"] = answer?.status === 200 ? "acknowledged" : "unknown";
    journal.counts.set(sku, [...(journal.counts.get(sku) ?? []), { onHand, end }]);
    if (end === "unknown") {
      now.splice(now.indexOf(sku), 1, ...left.splice(0, 1));
      await untilAnswered(admin, now[0], stopping);
    }
    await pause(dice.upTo(THINK_MS));
  }
}

/** While the shop is away, one SKU after another would be given up for nothing. */
async function untilAnswered(admin: Buyer, sku: string | undefined, stopping: () => boolean): Promise<void> {
  while (sku !== undefined && !stopping()) {
    const answer = await admin.send("GET", `/api/inventory/${sku}`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(THINK_MS);
  }
}

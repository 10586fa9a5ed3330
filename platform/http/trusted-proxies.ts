import { z } from "zod";
import { readCidr } from "../settings/network.ts";

/** Express's names for ranges (its guide, "Express behind proxies"). */
const RANGES = new Set(["loopback", "linklocal", "uniquelocal"]);

/**
 * Reads `TRUST_PROXY`: whose `X-Forwarded-For`, `-Proto` and `-Host` are believed. `none` stands alone. A host name is
 * refused: who answers to it is decided elsewhere.
 */
export const trustedProxies = z.string().transform((text, context): readonly string[] => {
  const items = text.split(",").map((item) => item.trim());
  if (items.length === 1 && items[0] === "none") return [];
  for (const item of items) {
    if (isRange(item)) continue;
    context.addIssue({
      code: "custom",
      message: "every item is an address, a CIDR, loopback, linklocal or uniquelocal; or the whole is none",
    });
    return z.NEVER;
  }
  return items;
});

function isRange(item: string): boolean {
  // A range of all addresses is everybody, who may then say to be anybody.
  return RANGES.has(item) || (readCidr(item)?.prefix ?? 0) > 0;
}

import { ensureFeedRole, grantFeed } from "@banyan/platform/log/feed-role.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { HANDOVER_ROLES } from "./addresses.ts";
import { silentLog } from "./silent-log.ts";

/** The roles by which a side follows its peer's handover, with these passwords. As often as wanted. */
export async function ensurePeerRoles(
  adminUrl: string,
  passwords: Readonly<Record<keyof typeof HANDOVER_ROLES, string>>,
): Promise<void> {
  await withPool(adminUrl, async (admin) => {
    await ensureFeedRole(admin, HANDOVER_ROLES.monolith, passwords.monolith);
    await ensureFeedRole(admin, HANDOVER_ROLES.orders, passwords.orders);
    await ensureFeedRole(admin, HANDOVER_ROLES.inventory, passwords.inventory);
  });
}

/**
 * Lets each of them read the slots and the outbox of its peer and nothing else (design §5.5): of databases that have laid
 * their tables, as their owners. As often as wanted.
 */
export async function letPeersRead(urls: {
  readonly shop: string;
  readonly orders: string;
  readonly inventory: string;
}): Promise<void> {
  await withPool(urls.shop, async (shop) => {
    await grantFeed(shop, HANDOVER_ROLES.orders, "handover_feed");
    await grantFeed(shop, HANDOVER_ROLES.inventory, "handover_feed");
  });
  for (const url of [urls.orders, urls.inventory])
    await withPool(url, (pool) => grantFeed(pool, HANDOVER_ROLES.monolith, "handover_feed"));
}

async function withPool(url: string, work: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = createPool(url, { max: 1, name: "peer rights" }, silentLog);
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

// The compose file's `postgres-init`: the databases, their owners and the feed roles, as `banyan up` makes them. As often
// as wanted; passwords are set again, so that they are those of `.env`.
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { runOnce } from "@banyan/platform/lifecycle/process.ts";
import { ensureFeedRole } from "@banyan/platform/log/feed-role.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";
import { createDatabase } from "../parts/postgres-databases.ts";
import { DATABASES, FEED_ROLE, HANDOVER_ROLES } from "../stack/addresses.ts";
import { ensurePeerRoles } from "../stack/peer-rights.ts";

const password = z.string().min(20);
const Environment = z.object({
  /** As a user who may make databases and roles. */
  ADMIN_DATABASE_URL: z.url(),
  MONOLITH_DATABASE_PASSWORD: password,
  CATALOG_DATABASE_PASSWORD: password,
  CARDS_DATABASE_PASSWORD: password,
  UNLEASH_DATABASE_PASSWORD: password,
  FEED_DATABASE_PASSWORD: password,
  ORDERS_DATABASE_PASSWORD: password,
  INVENTORY_DATABASE_PASSWORD: password,
  CONTROLLER_DATABASE_PASSWORD: password,
  MONOLITH_FEED_PASSWORD: password,
  ORDERS_FEED_PASSWORD: password,
  INVENTORY_FEED_PASSWORD: password,
});

const log = createLog("postgres-init");

await runOnce(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  const databases = [
    { ...DATABASES.shop, password: environment.MONOLITH_DATABASE_PASSWORD },
    { ...DATABASES.catalog, password: environment.CATALOG_DATABASE_PASSWORD },
    { ...DATABASES.unleash, password: environment.UNLEASH_DATABASE_PASSWORD },
    { ...DATABASES.cards, password: environment.CARDS_DATABASE_PASSWORD },
    { ...DATABASES.orders, password: environment.ORDERS_DATABASE_PASSWORD },
    { ...DATABASES.inventory, password: environment.INVENTORY_DATABASE_PASSWORD },
    { ...DATABASES.controller, password: environment.CONTROLLER_DATABASE_PASSWORD },
  ];
  for (const database of databases) await createDatabase(environment.ADMIN_DATABASE_URL, database);
  const admin = createPool(environment.ADMIN_DATABASE_URL, { max: 1, name: "postgres-init" }, log);
  try {
    await ensureFeedRole(admin, FEED_ROLE, environment.FEED_DATABASE_PASSWORD);
  } finally {
    await admin.end();
  }
  await ensurePeerRoles(environment.ADMIN_DATABASE_URL, {
    monolith: environment.MONOLITH_FEED_PASSWORD,
    orders: environment.ORDERS_FEED_PASSWORD,
    inventory: environment.INVENTORY_FEED_PASSWORD,
  });
  const roles = [FEED_ROLE, ...Object.values(HANDOVER_ROLES)];
  log.info({ databases: databases.map(({ name }) => name), roles }, "databases and roles are there");
});

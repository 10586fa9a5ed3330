// The compose file's `peers`: each side of orders and inventory may read the other one's outbox and slots, and nothing
// else, as `startOwned` lets them. After the sides have laid their tables; as often as wanted.
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { runOnce } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { z } from "zod";
import { letPeersRead } from "../stack/peer-rights.ts";

const Environment = z.object({
  /** Each as its owner. */
  MONOLITH_DATABASE_URL: z.url(),
  ORDERS_DATABASE_URL: z.url(),
  INVENTORY_DATABASE_URL: z.url(),
});

const log = createLog("peers");

await runOnce(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  await letPeersRead({
    shop: environment.MONOLITH_DATABASE_URL,
    orders: environment.ORDERS_DATABASE_URL,
    inventory: environment.INVENTORY_DATABASE_URL,
  });
  log.info("each side may read its peer's outbox");
});

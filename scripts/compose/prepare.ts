// The compose file's `prepare`, what `banyan up` does besides starting processes: the feed role may read the shop's
// outbox and nothing else, and each capability of banyan.yaml has its flags in Unleash, made at 0 %; one that owns its
// writes only once there is somebody who could own them.
import { join } from "node:path";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { stickinessOf } from "@banyan/platform/flags/stickiness.ts";
import { createUnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { runOnce } from "@banyan/platform/lifecycle/process.ts";
import { grantFeed } from "@banyan/platform/log/feed-role.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { flagOf, loadSettings } from "@banyan/platform/settings/settings.ts";
import { z } from "zod";
import { FEED_ROLE } from "../stack/addresses.ts";

const Environment = z.object({
  /** The shop's database as its owner, after its migrations. */
  DATABASE_URL: z.url(),
  UNLEASH_URL: z.url(),
  UNLEASH_ADMIN_TOKEN: z.string().min(20),
  /** Only because banyan.yaml names it. */
  UNLEASH_BACKEND_TOKEN: z.string().min(20),
  /** As the monolith's: with `saga` orders and stock have owners. */
  CHECKOUT: z.enum(["transaction", "saga"]).default("transaction"),
});

const log = createLog("prepare");

await runOnce(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  const { capabilities } = loadSettings(join(import.meta.dirname, "..", "..", "banyan.yaml"), process.env);
  const shop = createPool(environment.DATABASE_URL, { max: 1, name: "prepare" }, log);
  try {
    await grantFeed(shop, FEED_ROLE);
  } finally {
    await shop.end();
  }
  const made = Object.entries(capabilities).filter(
    ([, { writes }]) => writes !== "owned" || environment.CHECKOUT === "saga",
  );
  const admin = createUnleashAdmin({
    url: environment.UNLEASH_URL,
    token: environment.UNLEASH_ADMIN_TOKEN,
    environment: "development",
    timeoutMs: 10_000,
    stickiness: Object.fromEntries(made.map(([name, its]) => [flagOf(name, its), stickinessOf(its)])),
  });
  for (const [name, settings] of made) {
    const flag = flagOf(name, settings);
    const how = await admin.ensureFlags(flag, `Share of customers served by the extracted ${name}.`);
    log.info({ flag }, how === "made" ? "flag made in Unleash, at 0 %" : "the flag is in Unleash already");
  }
});

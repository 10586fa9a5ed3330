import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { withAccessLines } from "@banyan/platform/http/access-line.ts";
import { trustedProxies } from "@banyan/platform/http/trusted-proxies.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { traced } from "@banyan/platform/telemetry/server.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { publishedSessions } from "@banyan/shop/sessions/published-sessions.ts";
import { z } from "zod";
import { createInventoryApp } from "./app.ts";
import { httpProductNames } from "./catalog/product-names.ts";
import { openInventory } from "./open-inventory.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  /** The inventory's own database. */
  DATABASE_URL: z.url(),
  /** Where the catalog is asked for names: the proxy. */
  SHOP_URL: z.url({ protocol: /^https?$/ }),
  /** Where the monolith publishes the keys that sessions are checked with. */
  JWKS_URL: z.url({ protocol: /^https?$/ }),
  /** Of the install: who has it may reserve. */
  SERVICE_TOKEN: z.string().min(16),
  TRUST_PROXY: trustedProxies.prefault("loopback"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

/** For one name; a page of them has a bound of its own. */
const NAME_MS = 1_000;

const log = createLog("inventory");

await runProcess(log, async () => {
  await startTelemetry(process.env, "inventory", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const { SHOP_URL, SERVICE_TOKEN: serviceToken } = environment;
  const inventory = await openInventory(environment.DATABASE_URL, "inventory", log);
  const catalog = {
    name: "the catalog",
    base: () => SHOP_URL,
    token: serviceToken,
    deadlineMs: NAME_MS,
  };
  const app = createInventoryApp({
    ...inventory,
    log,
    names: httpProductNames(catalog, Date.now),
    sessions: publishedSessions({ url: environment.JWKS_URL, log, now: Date.now }),
    serviceToken,
    trustedProxies: environment.TRUST_PROXY,
  });
  const server = createServer(traced(withAccessLines(app, log)));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the extracted inventory listens");
  return {
    stop: async () => {
      await close(server);
      await inventory.close();
    },
  };
});

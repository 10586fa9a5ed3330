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
import { createOrdersApp } from "./app.ts";
import { OrdersSettings, openOrders } from "./open-orders.ts";

const Environment = OrdersSettings.extend({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  /** Where the monolith publishes the keys that sessions are checked with. */
  JWKS_URL: z.url({ protocol: /^https?$/ }),
  TRUST_PROXY: trustedProxies.prefault("loopback"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("orders");

await runProcess(log, async () => {
  await startTelemetry(process.env, "orders", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const orders = await openOrders(environment, "orders", log);
  const sessions = publishedSessions({ url: environment.JWKS_URL, log, now: Date.now });
  const app = createOrdersApp({ ...orders, log, sessions, trustedProxies: environment.TRUST_PROXY });
  const server = createServer(traced(withAccessLines(app, log)));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the extracted orders listen");
  return {
    stop: async () => {
      await close(server);
      await orders.close();
    },
  };
});

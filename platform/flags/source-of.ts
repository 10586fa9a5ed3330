import type { Log } from "../logging/log.ts";
import { flagOf, type Settings } from "../settings/settings.ts";
import type { FlagSource } from "./flag-source.ts";
import { staticFlagSource } from "./static-source.ts";
import { stickinessOf } from "./stickiness.ts";
import type { UnleashSourceOptions } from "./unleash-source.ts";

const REFRESH_MS = 250;
const REVIVE_MS = 15_000;
const FIRST_CONTACT_MS = 3_000;

/** The flag source that banyan.yaml names. */
export async function flagSourceOf(
  settings: Settings,
  { appName, backupFolder }: Pick<UnleashSourceOptions, "appName" | "backupFolder">,
  log: Log,
): Promise<FlagSource> {
  const { flags } = settings;
  const capabilities = Object.entries(settings.capabilities).map(([capability, each]) => ({
    capability,
    flag: flagOf(capability, each),
    percentage: each.percentage ?? 0,
    stickiness: stickinessOf(each),
  }));
  if (flags.source === "static") return staticFlagSource(capabilities);
  // Loaded where it is used only: Unleash's client takes 30 MB of memory.
  const { unleashSource } = await import("./unleash-source.ts");
  return await unleashSource(
    {
      url: flags.url,
      token: flags.token,
      flags: Object.fromEntries(capabilities.map(({ capability, flag }) => [capability, flag])),
      appName,
      backupFolder,
      refreshIntervalMs: REFRESH_MS,
      reviveAfterMs: REVIVE_MS,
      firstContactMs: FIRST_CONTACT_MS,
    },
    log,
  );
}

import { stickinessOf, USER } from "@banyan/platform/flags/stickiness.ts";
import { createUnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { flagOf, type Settings } from "@banyan/platform/settings/settings.ts";
import type { CommandContext } from "../commands/context.ts";
import { adminTokenOf } from "../parts/unleash.ts";
import type { ServiceContext } from "./services.ts";
import type { StackState } from "./state.ts";

/**
 * Makes the flags that are missing in Unleash, at 0 %. Those of owning capabilities only once there is somebody who could
 * own: a flag that a person moves before that would send checkouts where nothing listens.
 */
export async function makeFlags(
  { screen, environment }: CommandContext,
  { addresses, install }: Pick<ServiceContext, "addresses" | "install">,
  { stickiness, owned }: Pick<StackState, "stickiness" | "owned">,
  { capabilities }: Settings,
): Promise<void> {
  const admin = createUnleashAdmin({
    url: addresses.unleash,
    token: environment.UNLEASH_ADMIN_TOKEN ?? adminTokenOf(install.unleash),
    environment: "development",
    timeoutMs: 10_000,
    stickiness,
  });
  for (const [capability, its] of Object.entries(capabilities)) {
    if (its.writes === "owned" && !owned) continue;
    const flag = flagOf(capability, its);
    const what = its.writes === "owned" ? "slots owned" : "customers served";
    const description = `Share of ${what} by the extracted ${capability}. Evidence: npm run banyan -- report`;
    if ((await admin.ensureFlags(flag, description)) === "made")
      screen.good(`flag ${flag} made in Unleash, at 0 %`);
  }
}

/** What the later commands must know of the flags, also when `banyan.yaml` can't be read any more. */
export function flagsIn({ capabilities }: Settings): Pick<StackState, "flags" | "stickiness" | "owning"> {
  const all = Object.entries(capabilities).map(([name, its]) => ({
    name,
    flag: flagOf(name, its),
    field: stickinessOf(its),
    owning: its.writes === "owned",
  }));
  const others = all.filter(({ field }) => field !== USER);
  return {
    flags: Object.fromEntries(all.map(({ name, flag }) => [name, flag])),
    owning: all.filter(({ owning }) => owning).map(({ name }) => name),
    stickiness: Object.fromEntries(others.map(({ flag, field }) => [flag, field])),
  };
}

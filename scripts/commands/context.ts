import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { loadSettings, type Settings } from "@banyan/platform/settings/settings.ts";
import { WarmArms } from "../gate/warm-arms.ts";
import type { Environment } from "../parts/tool.ts";
import { type Addresses, addressesOf } from "../stack/addresses.ts";
import { type Install, readOrMakeInstall } from "../stack/install.ts";
import { type Places, placesOf, portsOf } from "../stack/layout.ts";
import { settingsEnvironment } from "../stack/services.ts";
import { readStackState, requireStackState, type StackState } from "../stack/state.ts";
import type { Screen } from "../terminal/screen.ts";

/** What every command stands on. */
export interface CommandContext {
  readonly places: Places;
  readonly environment: Environment;
  readonly screen: Screen;
  /** Aborted by Ctrl-C and SIGTERM: a command then undoes what it had begun and ends with 130. */
  readonly signal: AbortSignal;
}

/** The stack as `up` settled it: enough to look and to take a flag back, whatever has become of `banyan.yaml`. */
export interface BareContext extends CommandContext {
  readonly state: StackState;
  readonly install: Install;
  readonly addresses: Addresses;
}

/** A command that needs the stack up: its addresses, secrets, and `banyan.yaml` as the proxy reads it. */
export interface StackContext extends BareContext {
  readonly settings: Settings;
  /** SHA-256 and text of `banyan.yaml`: the configuration that evidence is for. */
  readonly configuration: { readonly hash: string; readonly text: string };
  readonly warmArms: WarmArms;
}

export function commandContext(
  root: string,
  environment: Environment,
  screen: Screen,
  signal: AbortSignal,
): CommandContext {
  return { places: placesOf(root, environment), environment, screen, signal };
}

/** @throws BYN-CLI-005 when nothing is up */
export function bareContext(context: CommandContext): BareContext {
  const { places, environment } = context;
  const state = requireStackState(places.stack);
  const install = readOrMakeInstall(places.install);
  return { ...context, state, install, addresses: addressesOf(state.ports, install, environment) };
}

/**
 * @param capability when named, a name that `banyan.yaml` doesn't have is said before anything else
 * @throws BYN-CLI-005 when nothing is up · -006 no such capability · BYN-CONFIG-… when `banyan.yaml` has mistakes
 */
export async function stackContext(context: CommandContext, capability?: string): Promise<StackContext> {
  if (capability !== undefined && readStackState(context.places.stack) === undefined) {
    const settings = readSettingsAlone(context);
    if (settings !== undefined) capabilityOf({ settings }, capability);
  }
  return withSettings(bareContext(context));
}

/** @throws BYN-CONFIG-… when `banyan.yaml` has mistakes */
export function withSettings(context: BareContext): StackContext {
  const { places, environment, state, install, addresses } = context;
  const file = join(places.root, "banyan.yaml");
  const variables = {
    ...environment,
    ...settingsEnvironment({ ports: state.ports, addresses, install, environment }),
  };
  const settings = loadSettings(file, variables);
  // A planted fault is part of what was measured: evidence with it is none without it.
  const planted = state.plant === "none" ? "" : `\n# planted: ${state.plant}\n`;
  const text = `${readFileSync(file, "utf8")}${planted}`;
  const configuration = { hash: createHash("sha256").update(text).digest("hex"), text };
  return { ...context, settings, configuration, warmArms: new WarmArms() };
}

/** `banyan.yaml` while nothing is up, with stand-ins for what only `up` can know. @throws BYN-CONFIG-… */
export function loadSettingsAlone({ places, environment }: CommandContext): Settings {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const ports =
    (readStackState(places.stack) ?? readStackState(places.lastStack))?.ports ?? portsOf(undefined);
  return loadSettings(join(places.root, "banyan.yaml"), {
    UNLEASH_BACKEND_TOKEN: "made by up",
    UNLEASH_URL: local(ports.unleash),
    ...environment,
    BANYAN_PORT: String(ports.proxy),
    BANYAN_ADMIN_PORT: String(ports.admin),
    MONOLITH_URL: local(ports.monolith),
    CATALOG_URL: local(ports.catalog),
    ORDERS_URL: local(ports.orders),
    INVENTORY_URL: local(ports.inventory),
  });
}

function readSettingsAlone(context: CommandContext): Settings | undefined {
  try {
    return loadSettingsAlone(context);
  } catch {
    // `up` will say what is wrong with it.
    return undefined;
  }
}

/** @throws BYN-CLI-006 */
export function capabilityOf(
  context: Pick<StackContext, "settings">,
  name: string,
): Settings["capabilities"][string] {
  const found = context.settings.capabilities[name];
  if (found !== undefined) return found;
  const known = Object.keys(context.settings.capabilities).join(", ");
  throw new BanyanError("BYN-CLI-006", `there is no capability ${name}; banyan.yaml has: ${known || "none"}`);
}

/** Every secret of this install, for the scanner that keeps them out of bundles. */
export function secretsOf(install: Install): string[] {
  const values: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string" && value.length >= 16) values.push(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  const { kid: _public, x: _alsoPublic, ...privateKey } = install.sessionKey;
  walk({ ...install, sessionKey: privateKey });
  return values;
}

import { down } from "../stack/down.ts";
import { type Stack, type UpOptions, up } from "../stack/up.ts";
import type { CommandContext } from "./context.ts";

export async function upCommand(context: CommandContext, options: UpOptions): Promise<void> {
  const { screen } = context;
  screen.title("Starting the shop, the façade and what they stand on");
  const stack = await up(context, options);
  showAddresses(context, stack);
  screen.next("npm run banyan -- plan catalog", "the way ahead");
  const { proxy, admin, monolith, catalog, unleash } = stack.addresses;
  screen.result({ addresses: { proxy, admin, monolith, catalog, unleash }, ports: stack.ports });
}

/** Where to click. The dashboard's password is this install's own, made here and kept in `.banyan/install.json`. */
export function showAddresses({ screen, environment }: CommandContext, { addresses, install }: Stack): void {
  screen.title("Up");
  screen.say(`  the shop, through the façade   ${addresses.proxy}/`);
  screen.say(`  the flags (Unleash)            ${addresses.unleash}/`);
  if (environment.UNLEASH_URL === undefined) {
    screen.say(`                                 user admin, password ${install.unleash.adminPassword}`);
  }
  screen.say(`  its mails                      ${addresses.mails}/messages`);
  screen.say(`  monolith and extracted, direct ${addresses.monolith}/ and ${addresses.catalog}/`);
}

export async function downCommand(context: CommandContext, { purge }: { purge: boolean }): Promise<void> {
  const stopped = await down(context, purge);
  context.screen.result({ stopped, purged: purge });
}

import { rm } from "node:fs/promises";
import { removePostgres } from "../parts/postgres.ts";
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
  const { screen, places, environment } = context;
  const stopped = await down(context);
  if (purge) {
    // As root the data lies outside the working folder, where another user can reach it: it goes too.
    await removePostgres(places.home, environment);
    for (const path of [places.install, places.flagsBackup]) await rm(path, { recursive: true, force: true });
    screen.good("databases and secrets are gone; the ledger and its evidence stay");
  }
  screen.result({ stopped, purged: purge });
}

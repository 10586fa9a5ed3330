import { down } from "../stack/down.ts";
import { listProcesses } from "../stack/process.ts";
import { type Stack, type UpOptions, up } from "../stack/up.ts";
import type { CommandContext } from "./context.ts";

export async function upCommand(context: CommandContext, options: UpOptions): Promise<void> {
  const { screen } = context;
  screen.title("Starting the shop, the façade and what they stand on");
  const stack = await up(context, options).catch(async (error: unknown) => {
    await showWhatRuns(context);
    throw error;
  });
  showAddresses(context, stack);
  screen.next("npm run banyan -- status", "where each capability stands");
  const { proxy, admin, monolith, catalog, unleash } = stack.addresses;
  screen.result({ addresses: { proxy, admin, monolith, catalog, unleash }, ports: stack.ports });
}

/** After a start that was not finished: what it leaves, and both ways on. */
async function showWhatRuns({ screen, places }: CommandContext): Promise<void> {
  const running = (await listProcesses(places.home)).filter((each) => each.running).map(({ name }) => name);
  if (running.length === 0) screen.say("nothing of the stack runs");
  else
    screen.warn(
      `still running: ${running.join(", ")}. \`npm run banyan -- down\` stops them; \`npm run banyan -- up\` goes on from there`,
    );
}

/** Where to click. The dashboard's password is this install's own, made here and kept in `.banyan/install.json`. */
export function showAddresses(
  { screen, environment }: CommandContext,
  { addresses, install }: Pick<Stack, "addresses" | "install">,
  title = "Up",
): void {
  screen.title(title);
  screen.say(`  the shop, through the façade   ${addresses.proxy}/`);
  screen.say(`  the flags (Unleash)            ${addresses.unleash}/`);
  if (environment.UNLEASH_URL === undefined) {
    screen.say(`                                 user admin, password ${install.unleash.adminPassword}`);
  }
  screen.say(`  the façade's own health        ${addresses.admin}/readyz`);
  screen.say(`  its mails                      ${addresses.mails}/messages`);
  screen.say(`  monolith and extracted, direct ${addresses.monolith}/ and ${addresses.catalog}/`);
}

export async function downCommand(context: CommandContext, { purge }: { purge: boolean }): Promise<void> {
  const stopped = await down(context, purge);
  context.screen.result({ stopped, purged: purge });
}

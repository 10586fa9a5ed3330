import { rmSync, writeFileSync } from "node:fs";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { StackContext } from "../commands/context.ts";
import { readServed } from "../gate/served.ts";
import { waitFor } from "../stack/condition.ts";
import { listProcesses } from "../stack/process.ts";

const WITHIN_MS = 15_000;

/**
 * Lets the storefront's pages ask for their data through the proxy, so that pages move with their capabilities. The
 * monolith reads the address again without a restart; done when the proxy has seen a page's request.
 * @throws BYN-CLI-012
 */
export async function pagesThroughProxy(context: StackContext): Promise<void> {
  const { places, addresses, signal } = context;
  writeFileSync(places.storefront, `${addresses.proxy}\n`);
  let before = await readServed(context, "catalog");
  const seen = async () => {
    await tellMonolith(context);
    const page = await fetch(`${addresses.monolith}/`, { signal: AbortSignal.timeout(5_000) });
    await page.body?.cancel();
    const after = await readServed(context, "catalog");
    before ??= after;
    return before !== undefined && after !== undefined && total(after) > total(before);
  };
  if (await waitFor(seen, { withinMs: WITHIN_MS, everyMs: 100, signal })) return;
  throw new BanyanError("BYN-CLI-012", "the storefront's pages do not ask through the proxy");
}

/** The pages ask the monolith itself again, as on the first day. */
export async function pagesAsOnTheFirstDay(context: StackContext): Promise<void> {
  rmSync(context.places.storefront, { force: true });
  await tellMonolith(context);
}

/** SIGHUP: read what may change while you run. */
async function tellMonolith({ places }: StackContext): Promise<void> {
  const monolith = (await listProcesses(places.home)).find(({ name }) => name === "monolith");
  if (monolith?.running === true) process.kill(monolith.pid, "SIGHUP");
}

function total({ monolith, extracted }: { readonly monolith: number; readonly extracted: number }): number {
  return monolith + extracted;
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import type { BareContext } from "../commands/context.ts";
import { waitFor } from "../stack/condition.ts";

const WITHIN_MS = 15_000;

/** What the proxy's admin port says of a capability, as far as it is read here. */
const Decisions = z.object({
  intent: z.object({ percentage: z.number(), kill: z.boolean() }).nullable(),
  flags: z.object({ state: z.string(), detail: z.string() }),
});
export type ProxyView = z.output<typeof Decisions>;

/** What the proxy itself decides by, now. Undefined when it does not answer. */
export async function proxyView(
  { addresses, install }: BareContext,
  capability: string,
): Promise<ProxyView | undefined> {
  try {
    const response = await fetch(
      `${addresses.admin}/decisions?capability=${encodeURIComponent(capability)}`,
      {
        headers: { authorization: `Bearer ${install.adminToken}` },
        signal: AbortSignal.timeout(3_000),
      },
    );
    return Decisions.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

/** Waits until the proxy decides by the new percentage; answers how long it took, ms. @throws BYN-CLI-012 */
export async function arrived(context: BareContext, capability: string, percentage: number): Promise<number> {
  const began = performance.now();
  const there = async () => (await proxyView(context, capability))?.intent?.percentage === percentage;
  if (await waitFor(there, { withinMs: WITHIN_MS, everyMs: 50 })) return performance.now() - began;
  throw new BanyanError(
    "BYN-CLI-012",
    `${capability} was set to ${percentage} %, but the proxy did not follow within ${WITHIN_MS / 1000} s`,
  );
}

import { serverTimingOf } from "@banyan/evidence/pains/server-timing.ts";
import type { StackContext } from "../commands/context.ts";
import { Buyer, DEMO_CARD } from "./buyer.ts";
import { demoCustomers } from "./demo-customers.ts";
import { signedIn } from "./signed-in.ts";

/** Enough for a median that tells; one at a time, so that nobody waits for another. */
const CHECKOUTS = 40;
/** Before they count: processes that were just started answered in 80 ms what they answer in 55 ms later. */
const WARM_UP = 40;
/** What a saga may cost the customer, against one transaction in one database. */
const MOST_RATIO = 4;

export interface Checkouts {
  readonly name: string;
  readonly wholeMs: readonly number[];
  /** Parts of each, as the shop's own `Server-Timing` says. */
  readonly parts: ReadonlyMap<string, readonly number[]>;
}

/** Buys one thing after another through the proxy, and notes how long each part of a checkout took. */
export async function measureCheckouts(context: StackContext, name: string): Promise<Checkouts> {
  const { addresses, signal, screen } = context;
  const wholeMs: number[] = [];
  const parts = new Map<string, number[]>();
  const { sessions, wares } = await signedIn(addresses.proxy, demoCustomers(1), signal);
  const [session = ""] = sessions;
  const buyer = new Buyer({ url: addresses.proxy, session, requestTimeoutMs: 15_000, tries: 1 });
  for (let n = 0; n < WARM_UP + CHECKOUTS; n++) {
    signal.throwIfAborted();
    screen.progress(`checkouts, ${name}`, n / (WARM_UP + CHECKOUTS));
    await buyer.fillCart(wares[n % wares.length] ?? "");
    const { end, ms, timing } = await buyer.checkOut(DEMO_CARD);
    if (end !== "placed" || n < WARM_UP) continue;
    wholeMs.push(ms);
    for (const [part, partMs] of Object.entries(serverTimingOf(timing))) {
      parts.set(part, [...(parts.get(part) ?? []), partMs]);
    }
  }
  return { name, wholeMs, parts };
}

export function showCheckouts({ screen }: StackContext, measured: readonly Checkouts[]): void {
  const names = [...new Set(measured.flatMap(({ parts }) => [...parts.keys()]))];
  const shown = (values: readonly number[] | undefined) =>
    values === undefined ? "–" : `${quantile(values, 0.5).toFixed(1)} ms`;
  screen.table(
    ["checkout, p50", "placed", "whole", ...names],
    measured.map(({ name, wholeMs, parts }) => [
      name,
      String(wholeMs.length),
      shown(wholeMs),
      ...names.map((part) => shown(parts.get(part))),
    ]),
  );
  screen.say(
    "  whole: as the customer waits for it; then its parts, by the shop's own Server-Timing; – has no such part",
  );
  const [before, after] = measured;
  if (before === undefined || after === undefined) return;
  const ratio = quantile(after.wholeMs, 0.5) / quantile(before.wholeMs, 0.5);
  const [held, holds] = [longestTransaction(before), longestTransaction(after)];
  said(
    screen,
    holds < held,
    `no transaction waits for a stranger: its longest shorter than before at p95; measured: ${held.toFixed(1)} ms → ${holds.toFixed(1)} ms`,
  );
  said(
    screen,
    ratio <= MOST_RATIO,
    `the customer to pay for it with requests between services: p50 at most × ${MOST_RATIO}; measured: × ${ratio.toFixed(2)}`,
  );
}

function said(screen: StackContext["screen"], asExpected: boolean, words: string): void {
  if (asExpected) screen.good(`expected ${words}`);
  else screen.warn(`expected ${words} — not as expected`);
}

/** Parts of a checkout as it was that its one transaction holds open. */
const INSIDE = ["stock", "charge", "mail", "commit"];
/** The two transactions of the saga. */
const APART = ["open", "commit"];

/** At p95, ms: of the one transaction the sum of its parts, of the saga's two the longer one. */
function longestTransaction({ parts }: Checkouts): number {
  const p95 = (part: string) => quantile(parts.get(part) ?? [0], 0.95);
  if (parts.has("open")) return Math.max(...APART.map(p95));
  return INSIDE.reduce((sum, part) => sum + p95(part), 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

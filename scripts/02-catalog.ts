// 02 — Catalog: its reads move to a service of their own, one rung at a time, each behind its verdict.
//
// First the copy: back-filled, following, reconciled to zero differences. Then a look at what a process of one's own
// is for. Then 1 → 10 → 50 → 100 % of the customers, with the load that each rung would bring running beside the
// measurement, and on the way one rollback, because a way out that was never taken is a hope.
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import { fillCatalog } from "./capabilities/catalog.ts";
import { capabilityOf, type StackContext } from "./commands/context.ts";
import { expectAtMost } from "./gate/gathered.ts";
import { takeNext } from "./gate/next.ts";
import { rollBack } from "./gate/rollback.ts";
import { standingOf } from "./gate/standing.ts";
import { compareMounted } from "./lesson/mounted.ts";
import { runScript } from "./lesson/script.ts";
import { isTaken, isToBeRehearsed, proveAndTake } from "./lesson/steps.ts";

const CATALOG = "catalog";
/** Where the way out is rehearsed: after the first rung that many customers would notice. */
const REHEARSED_AT = 10;

const EXPECTED = [
  expectAtMost("p50", 0.8, "the extracted catalog is at least a fifth faster"),
  expectAtMost("p95", 0.8, "for the slow requests too"),
];

export async function catalog(context: StackContext): Promise<void> {
  const { screen } = context;
  screen.title("02 — Catalog: a service of its own");
  await sync(context);
  for (const percentage of capabilityOf(context, CATALOG).ladder) {
    if (await isTaken(context, CATALOG, "ramp", percentage)) {
      screen.good(`${CATALOG} ${percentage} %: taken already`);
    } else {
      screen.title(`02 — Catalog: ${percentage} % of the customers`);
      screen.say("  Expected before measuring:");
      for (const { what, expected } of EXPECTED) screen.say(`  · ${what}: ${expected}`);
      await proveAndTake(context, CATALOG, EXPECTED);
    }
    if (percentage === REHEARSED_AT && (await isToBeRehearsed(context, CATALOG, percentage))) {
      await rehearse(context);
    }
  }
  screen.next("npm run banyan -- report", "all of it on one page");
}

async function sync(context: StackContext): Promise<void> {
  const { screen, addresses, signal } = context;
  if (await isTaken(context, CATALOG, "sync", 0)) {
    screen.good("the copy is filled and follows: taken already");
    return;
  }
  screen.say("  Expected: every row of the monolith's catalog in the copy, 0 of 100 slots different.");
  await fillCatalog(addresses, {
    signal,
    onProgress: ({ slotsDone, slotsTotal, rows }) =>
      screen.progress("filling the copy", slotsTotal === 0 ? 1 : slotsDone / slotsTotal, `${rows} rows`),
  });
  signal.throwIfAborted();
  await proveAndTake(context, CATALOG, []);
  await compareMounted(context);
}

/** Back one rung and forward again, timed: both are one flag, so both take about a second. */
async function rehearse(context: StackContext): Promise<void> {
  const { screen } = context;
  const { ladder } = capabilityOf(context, CATALOG);
  const before = ladder[ladder.indexOf(REHEARSED_AT) - 1] ?? 0;
  screen.title("02 — Catalog: the way out, rehearsed");
  const back = await rollBack(context, CATALOG, {
    to: before,
    rehearsal: true,
    why: "rehearsal of the way out",
  });
  screen.good(`back to ${back.to} % in ${Math.round(back.arrivedAfterMs)} ms`);
  const forward = await takeNext(context, CATALOG);
  screen.good(
    `${stepTitle(forward.step)} again in ${Math.round(forward.arrivedAfterMs ?? 0)} ms: its evidence still stands`,
  );
  const { plan } = await standingOf(context, CATALOG);
  screen.say(`  proved up to ${plan.provedPercentage} %`);
}

if (process.argv[1] === import.meta.filename) await runScript(catalog);

// 00 — Baseline: how does the monolith answer, and can this machine measure at all?
//
// Before anything moves, know where you stand. The monolith is compared with itself: the same process as arm a and as
// arm b, in the same seconds. If the instrument then sees a difference, it is the instrument's, and no later verdict
// is worth anything. The figures of the one arm are the baseline that the shop starts from. Then what hurts it: invoices,
// reports and mail inside requests, a search that scans, and how much the whole can take.
import { demoCatalogCorpus } from "./capabilities/catalog.ts";
import { type StackContext, secretsOf } from "./commands/context.ts";
import { expectAtMost, type LoadExpectation } from "./gate/gathered.ts";
import { observe } from "./gate/observe.ts";
import { measurePains } from "./lesson/pains.ts";
import { LESSON, LESSON_PER_SECOND } from "./lesson/protocol.ts";
import { runScript } from "./lesson/script.ts";
import { showExpected } from "./lesson/steps.ts";
import { showMeasures, showVerdict } from "./terminal/measures.ts";

const EXPECTED: readonly LoadExpectation[] = [
  expectAtMost("p50", 1.1, "the monolith is as fast as itself"),
  {
    what: "nobody waits long while the shop is quiet",
    expected: "p95 below 100 ms",
    read: ({ verdict }) => {
      const p95 = verdict.measures.find(({ metric }) => metric === "p95")?.aMs;
      return typeof p95 === "number"
        ? { measured: `${p95.toFixed(1)} ms`, asExpected: p95 < 100 }
        : undefined;
    },
  },
  {
    what: "every answer is right",
    expected: "0 wrong answers",
    read: ({ verdict: { errors } }) => {
      const bad = errors.a.bad + errors.b.bad;
      return { measured: `${bad} of ${errors.a.n + errors.b.n}`, asExpected: bad === 0, certain: bad > 0 };
    },
  },
];

export async function baseline(context: StackContext): Promise<void> {
  const { screen, addresses, configuration, install } = context;
  screen.title("00 — Baseline: the monolith against itself");
  screen.say("  Expected before measuring:");
  for (const { what, expected } of EXPECTED) screen.say(`  · ${what}: ${expected}`);
  const bundle = await observe(context, {
    a: { name: "monolith", url: addresses.monolith },
    b: { name: "the same monolith", url: addresses.monolith },
    corpus: demoCatalogCorpus(1),
    protocol: LESSON,
    ratePerSecond: LESSON_PER_SECOND,
    allowedHosts: [],
    expectations: EXPECTED,
    configuration: configuration.text,
    secrets: secretsOf(install),
  });
  const { verdict } = bundle.load;
  showVerdict(screen, verdict);
  showMeasures(screen, verdict);
  screen.table(
    ["route", "requests", "p50", "p95"],
    verdict.perRoute.map(({ route, a, measures }) => {
      const of = (metric: string) => measures.find((m) => m.metric === metric)?.aMs;
      const ms = (value: number | null | undefined) =>
        typeof value === "number" ? `${value.toFixed(1)} ms` : "–";
      return [route, String(a.n), ms(of("p50")), ms(of("p95"))];
    }),
  );
  showExpected(context, bundle);
  if (verdict.verdict !== "pass")
    screen.warn("this machine is busy: expect steps to be inconclusive, not wrong");
  await measurePains(context);
  screen.say("  plots of all this, blocks and percentiles: npm run banyan -- report");
  screen.next("npm run 01-facade", "put the proxy in front");
}

if (process.argv[1] === import.meta.filename) await runScript(baseline);

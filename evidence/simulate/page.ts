import { wilson } from "../statistics/newcombe.ts";
import { quantileOfSorted, sorted } from "../statistics/quantile.ts";
import { abortAfterS } from "./abort.ts";
import { DRIFTING, HOSTILE, NOMINAL, type Noise, PESSIMISTIC } from "./noise.ts";
import { PUBLISHED } from "./published.ts";
import { Random } from "./random.ts";
import { nameOf, type Row, type Tally } from "./row.ts";
import { ALL_WORLDS, PLAIN_WORLDS, WORLDS_A_ROW } from "./rows.ts";
import { WORLDS } from "./world.ts";

type Tallies = ReadonlyMap<string, Tally>;
type Key = Pick<Row, "method" | "world" | "noise">;

/** The page `docs/calibration.md`, byte for byte the same for the same code. */
export function calibrationPage(tallies: Tallies): string {
  const nominal = (method: Row["method"], worlds: readonly Row["world"][]) =>
    worlds.map((world): Key => ({ method, world, noise: "nominal" }));
  return [
    INTRODUCTION,
    "## One try with the whole α, at nominal noise\n",
    "### The contrast: A, then B, 30 s each\n",
    "Fails if B's p95 is more than 10 % above A's, or its errors more than 0.25 points. There is no third answer.\n",
    table(tallies, nominal("a-then-b", PLAIN_WORLDS)),
    "### Quick duet\n",
    table(tallies, nominal("quick", ALL_WORLDS)),
    "### Long duet\n",
    table(tallies, nominal("long", ALL_WORLDS)),
    "## Quick duet on a noisier machine\n",
    "Published so that you know what a bad machine costs; the tests gate on the nominal rows only.\n",
    "### Drifting: the speed of the whole machine wanders by a quarter and more\n",
    table(
      tallies,
      ALL_WORLDS.map((world) => ({ method: "quick", world, noise: "drifting" })),
    ),
    "### Pessimistic\n",
    table(
      tallies,
      ALL_WORLDS.map((world) => ({ method: "quick", world, noise: "pessimistic" })),
    ),
    "### Hostile\n",
    table(
      tallies,
      ALL_WORLDS.map((world) => ({ method: "quick", world, noise: "hostile" })),
    ),
    "## As it is used: a third of α in each of at most three tries\n",
    "### One such try of the quick duet\n",
    table(tallies, nominal("quick-try", ["same", "better"])),
    "### The whole verdict: an inconclusive try is taken again, twice at most\n",
    table(tallies, nominal("quick-whole", ALL_WORLDS)),
    "## Early abort on errors\n",
    abortTable(),
    "## Beside the design's own figures\n",
    COMPARED,
    comparison(tallies),
    "## The noise model\n",
    NOISE_MODEL,
    noiseTable(),
    LIMITS,
  ].join("\n");
}

function table(tallies: Tallies, keys: readonly Key[]): string {
  const lines = keys.map((key) => tableLine(key.world, tallyOf(tallies, key)));
  const head =
    "| world | pass | fail | inconclusive | pass at the first look | n |\n|---|---|---|---|---|---|";
  return `${head}\n${lines.join("\n")}\n`;
}

/** One line of the page's tables. */
export function tableLine(world: Row["world"], tally: Tally): string {
  const shares = [tally.pass, tally.fail, tally.inconclusive, tally.atFirstLook];
  return `| ${WORLDS[world].name} | ${shares.map((count) => share(count, tally.n)).join(" | ")} | ${tally.n} |`;
}

/** A share in percent, with its 95 % Wilson interval. */
function share(count: number, n: number): string {
  const { lower, upper } = wilson({ n, bad: count }, 0.025);
  return `${((100 * count) / n).toFixed(1)} (${(100 * lower).toFixed(1)}–${(100 * upper).toFixed(1)})`;
}

function tallyOf(tallies: Tallies, key: Key): Tally {
  const tally = tallies.get(nameOf({ ...key, n: 0 }));
  if (!tally) throw new Error(`the row "${nameOf({ ...key, n: 0 })}" was not simulated`);
  return tally;
}

function comparison(tallies: Tallies): string {
  const lines = PUBLISHED.map((published) => {
    const tally = tallyOf(tallies, published);
    const columns = (["pass", "fail", "inconclusive", "atFirstLook"] as const).filter(
      (column) => published[column] !== undefined,
    );
    const here = (column: (typeof columns)[number]) => (100 * tally[column]) / tally.n;
    const gaps = columns.map((column) => Math.abs(here(column) - (published[column] ?? 0)));
    const words = (of: (column: (typeof columns)[number]) => number) =>
      columns.map(
        (column) => `${column === "atFirstLook" ? "first look" : column} ${Number(of(column).toFixed(1))}`,
      );
    const cells = [
      published.method,
      published.noise,
      WORLDS[published.world].name,
      words((column) => published[column] ?? 0).join(", "),
      words(here).join(", "),
      Math.max(...gaps).toFixed(1),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `| method | noise | world | design | here | largest gap (points) |\n|---|---|---|---|---|---|\n${lines.join("\n")}\n`;
}

const ABORTS = [
  { name: "total outage of b", a: 0.001, b: 1 },
  { name: "+2 points of errors", a: 0.001, b: 0.021 },
  { name: "+0.5 points of errors", a: 0.001, b: 0.006 },
  { name: "A/A, 0.1 % errors on both", a: 0.001, b: 0.001 },
  { name: "A/A, 5 % errors on both", a: 0.05, b: 0.05 },
];
const ABORT_N = 1000;
const ABORT_UP_TO_S = 90;

function abortTable(): string {
  const lines = ABORTS.map(({ name, a, b }) => {
    const times = Array.from({ length: ABORT_N }, (_, i) =>
      abortAfterS(a, b, ABORT_UP_TO_S, new Random(`abort ${name} ${i}`)),
    );
    const aborted = sorted(times.filter((t) => t !== undefined));
    const all = sorted(times.map((t) => t ?? Number.POSITIVE_INFINITY));
    const at = (p: number) => {
      const t = quantileOfSorted(all, p);
      return Number.isFinite(t) ? `${t.toFixed(2)} s` : "–";
    };
    return `| ${name} | ${share(aborted.length, ABORT_N)} | ${at(0.5)} | ${at(0.9)} | ${ABORT_N} |`;
  });
  const head = `| world | aborted within ${ABORT_UP_TO_S} s, % | median | nine of ten by | n |\n|---|---|---|---|---|`;
  return `${head}\n${lines.join("\n")}\n`;
}

function noiseTable(): string {
  const line = ({ name, own, shared, hiccup, shape, errorShare }: Noise) => {
    const series = [shared.level, shared.stretch, own.level, own.stretch].map(
      ({ sd, rho }) => `${sd} (${rho})`,
    );
    const rest = [
      `${100 * hiccup.chance} %, ${hiccup.meanStretch}`,
      shape,
      `${(100 * errorShare).toFixed(1)} %`,
    ];
    return `| ${[name, ...series, ...rest].join(" | ")} |`;
  };
  return `| noise | shared level | shared stretch | own level | own stretch | hiccups | shape | errors of a sound service |
|---|---|---|---|---|---|---|---|
${[NOMINAL, DRIFTING, PESSIMISTIC, HOSTILE].map(line).join("\n")}
`;
}

const INTRODUCTION = `# Calibration: what the evidence gate is known to do

Generated by \`npm run evidence:simulate\`; do not edit. Seeds are fixed, so the same code makes the same page.

Each row is a simulated world in which the truth is known, judged by the code that judges real runs
(\`evidence/duet/judge.ts\`). Shares in percent with their 95 % Wilson interval; n is the number of worlds.
A/A are two equal services: a **fail** there is a false alarm. In the worlds that are worse, a **pass** is a miss.
Exactly +10 % is the margin itself: a pass there is a miss, a fail is right.
`;

const COMPARED = `The design was simulated before this code existed, by another program with another noise model, 1000 worlds a row.
The noise was tuned to some of these figures (see below), so those agree by construction; the others are checks. A gap of
up to about 3 points is chance or the tuning. A larger one is a real difference of the models, and is left standing.
`;

const NOISE_MODEL = `A request's latency at quantile u is \`median · exp(level) · (u/(1−u))^(shape · exp(stretch))\`, a log-logistic. Level and
stretch of each 3 s block are sums of a part that both arms share (they see the same seconds) and a part of each arm's
own, all first-order autoregressive; hiccups stretch one arm's tail in some blocks. The quantiles of a block are drawn
from the exact joint distribution of the order statistics of ${(200 * 3) / 2} requests.

How it was tuned. The shared level: so that the p50 of two 30 s runs of the same code differs by more than 10 % in 19 %
of pairs, as was measured with k6 on a busy two-core machine. The shared stretch: so that A then B gives the design's 39 %
of false alarms on the p95. The shape, the own parts at nominal and the errors: so that the quick duet's A/A and the
truly better service come out as the design states. Drifting: the shared level, as wide
as it was seen on the machine that this was written on. Pessimistic and hostile: the own parts enlarged until A/A passes
about as often as stated for them. Standard deviations on the log scale; in brackets the correlation of neighbouring blocks.
`;

const LIMITS = `## What this does not show

- The instrument is sound in all of these worlds: nothing dropped, no late start, no answer from the wrong side. Such runs
  are inconclusive by rule, and unit tests hold that.
- Latencies inside a block are independent given its level and stretch. Real queues are not quite so; the own parts
  stand in for it. Re-tune when real runs show other block noise: a bundle holds every block's quantiles.
- There is one route. In the long protocol each route can also fail a run, with the fail level divided by their number.
- The abort's own level is 1 % for each try and comes on top of the fail level: chance alone reaches an e-value of 100
  in at most 1 % of runs. It is why a verdict of several tries shows slightly more false alarms than its fail level.
- The numbers of worlds: ${Object.entries(WORLDS_A_ROW)
  .map(([method, n]) => `${method} ${n}`)
  .join(", ")}.
`;

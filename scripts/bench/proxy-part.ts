import { doubtLines, tableOf, takenOn } from "./page.ts";
import { proxyAimWords } from "./proxy-aim.ts";
import type { BenchResult } from "./proxy-bench.ts";
import { cellsOf, HEAD } from "./table.ts";

/** The proxy's part of `docs/performance.md`: the table, and all that one must know to believe or to repeat it. */
export function proxyPart(result: BenchResult): string {
  const { rounds, connections, ratePerSecond, saturationMs, countedMs, seed } = result;
  return [
    "## The proxy",
    "",
    "By `npm run bench -- proxy --write`.",
    "",
    takenOn(result),
    "",
    ...tableOf(HEAD, cellsOf(result.rows), 2),
    "",
    proxyAimWords(result.rows),
    "",
    ...doubtLines(result.doubts),
    "",
    "### How it was measured",
    "",
    "- **direct** is the upstream itself: a `node:http` process that answers from memory. **express + HPM** is Express 5 with",
    "  http-proxy-middleware 4, set up as the README of the latter says, in a process of its own. **Banyan** is `proxy/main.ts`",
    "  with everything on: session tokens (checked, cached) and signed visitor cookies, flags at 50 %, two upstreams, deny",
    "  rules, limits, metrics, an access line for each request written to a file.",
    `- ${rounds} rounds. In each, every kind of request goes to every arm in an order shuffled by the seed \`${seed}\`, each`,
    "  after a warm-up that is not counted.",
    `- Saturation: ${connections} connections for ${saturationMs / 1_000} s, each sends its next request when its answer is whole. The load comes from a process of`,
    "  our own that writes ready bytes, because k6 takes more CPU for a request than the upstream does.",
    `- Fixed rate: k6, ${ratePerSecond} requests a second of all arms together, in the same seconds and in shuffled order, ${countedMs / 1_000} s for`,
    "  each kind and round. A slow answer delays no other request.",
    "- CPU is user and system time of the process asked (for direct: of the upstream) at saturation, from `/proc`, for each request",
    "  answered. It is the least noisy of the figures.",
    "- An arm's figure is the median of the rounds. A ratio is the Hodges–Lehmann estimate of the rounds' paired ratios with its",
    "  90 % interval. So the two may point different ways where a difference is smaller than the noise between rounds. Of requests/s",
    "  more is better, of all else less.",
  ].join("\n");
}

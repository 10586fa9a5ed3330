import type { Digest, Pair } from "./digest.ts";
import { type LatencyRule, measureOf } from "./latency.ts";
import type { Protocol } from "./protocol.ts";
import type { Levels, Measure, Metric, RouteMeasure } from "./verdict.ts";

/** The latency of all routes together, one measure per metric that the margins name. */
export function measuresOf(digest: Digest, protocol: Protocol, levels: Levels): Measure[] {
  return measuresOfPairs(digest.pairs, protocol, levels);
}

/**
 * Each route by itself. Shown always; judged only in the long protocol, with the fail level divided by the number of
 * routes: at 25 requests a second an arm, ten routes at the undivided level would soon fail one by chance, and a pass
 * of every route would hardly ever come.
 */
export function routesOf(digest: Digest, protocol: Protocol, levels: Levels): RouteMeasure[] {
  const own = { pass: levels.pass, fail: levels.fail / Math.max(1, digest.routes.length) };
  return digest.routes.map(({ route, a, b, pairs }) => ({
    route,
    judged: protocol.judgesRoutes,
    a,
    b,
    measures: measuresOfPairs(pairs, protocol, own),
  }));
}

function measuresOfPairs(
  pairs: Readonly<Record<Metric, readonly Pair[]>>,
  protocol: Protocol,
  levels: Pick<Levels, "pass" | "fail">,
): Measure[] {
  const { scale, latency, floorMs } = protocol.margins;
  return protocol.metrics.flatMap((metric) => {
    const margin = latency[metric];
    if (margin === undefined) return [];
    const atLeastBlocks = metric === "p99" ? protocol.p99.atLeast : protocol.instrument.minBlocks;
    const rule: LatencyRule = {
      metric,
      scale,
      margin,
      floorMs,
      failAtMarginShare: protocol.failAtMarginShare,
      atLeastBlocks,
    };
    return measureOf(pairs[metric], rule, levels);
  });
}

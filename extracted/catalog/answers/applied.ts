import { type Listener, listenTo } from "@banyan/platform/log/listener.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { AnswerCache } from "./answer-cache.ts";

/** The channel on which an applying transaction says at its commit which ids it changed (platform/log/README.md). */
const APPLIED = "catalog_applied";

/**
 * Keeps the cache true: every applied change drops all of it, and while nobody listens it is off.
 *
 * All of it, although the notification names ids: a changed product stands on its own page, on lists and searches, and
 * as `related` on its neighbours' pages, and a new one pushes another off them. Which those are is known only by asking
 * the database again, and meanwhile stale answers would go out.
 */
export function followApplied(options: {
  readonly url: string;
  readonly cache: AnswerCache;
  readonly log: Log;
  readonly random: () => number;
  /** Something was applied, or may have been while nobody listened. */
  readonly onChange?: () => void;
}): Listener {
  const { url, cache, log, random, onChange } = options;
  return listenTo({
    url,
    channel: APPLIED,
    name: "catalog-cache",
    log,
    random,
    onNotification: () => {
      cache.drop();
      onChange?.();
    },
    onListening: () => cache.turn("on"),
    onBroken: () => {
      cache.turn("off");
      onChange?.();
      log.warn("not told of changes any more: the cache is off until it listens again");
    },
  });
}

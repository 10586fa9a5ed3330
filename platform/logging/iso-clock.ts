/**
 * Now as `2026-11-22T18:00:00.123Z`. The part before the milliseconds is made once a second: to make all of it anew for
 * each line costs ten times as much as the rest of the line's beginning.
 */
export function isoClock(nowMs: () => number): () => string {
  let second = Number.NaN;
  let beginning = "";
  return () => {
    const now = nowMs();
    const nowS = Math.floor(now / 1_000);
    if (nowS !== second) {
      second = nowS;
      beginning = new Date(nowS * 1_000).toISOString().slice(0, -4);
    }
    return `${beginning}${String(now - nowS * 1_000).padStart(3, "0")}Z`;
  };
}

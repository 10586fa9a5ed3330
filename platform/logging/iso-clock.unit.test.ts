import { expect, test } from "vitest";
import { isoClock } from "./iso-clock.ts";

test("every moment reads as Date writes it, over seconds and days and when the clock is set back", () => {
  const moments = [0, 7, 999, 1_000, 1_001, 86_399_999, 86_400_000, 1_795_370_400_042, 1_795_370_399_999, -1];
  let at = 0;
  const read = isoClock(() => moments[at] ?? 0);
  for (at = 0; at < moments.length; at++) expect(read()).toBe(new Date(moments[at] ?? 0).toISOString());
});

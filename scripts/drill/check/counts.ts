import { SIDES } from "@banyan/contracts/http/headers.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";

/** Each acknowledged count was written once, whether anybody buys the SKU or not. */
export function checkCounts(facts: Pick<Facts, "journal" | "stock" | "written">): Problem[] {
  return [...checkCounted(facts), ...checkRestocked(facts)];
}

/** The same number of a SKU comes again, so it was written as often as it was acknowledged, or unknown ones came on top. */
function checkRestocked({ journal, written }: Pick<Facts, "journal" | "written">): Problem[] {
  const wrote = written.flatMap(({ stock }) => stock.filter(({ counted }) => counted));
  return [...journal.restocks].flatMap(([sku, counts]) =>
    [...new Set(counts.map(({ onHand }) => onHand))].flatMap((onHand) => {
      const asked = counts.filter((count) => count.onHand === onHand);
      const least = asked.filter(({ end }) => end === "acknowledged").length;
      const times = wrote.filter((row) => row.sku === sku && row.onHand === onHand).length;
      return times >= least && times <= asked.length
        ? []
        : [
            `${sku}: ${onHand} was asked for ${asked.length} times, acknowledged ${least} times, and written ${times} times`,
          ];
    }),
  );
}

/** Numbers of one SKU are never the same twice, so each is one write, or none. */
function checkCounted({ journal, stock, written }: Pick<Facts, "journal" | "stock" | "written">): Problem[] {
  const times = new Map<string, number>();
  for (const row of written) {
    for (const { sku, onHand } of row.stock) {
      const write = `${sku} ${onHand}`;
      times.set(write, (times.get(write) ?? 0) + 1);
    }
  }
  return [...journal.counts].flatMap(([sku, counts]) => {
    const problems = counts.flatMap(({ onHand, end }) => {
      const wrote = times.get(`${sku} ${onHand}`) ?? 0;
      if (wrote > 1) return [`${sku}: ${onHand} was written ${wrote} times`];
      return end === "acknowledged" && wrote === 0
        ? [`${sku}: ${onHand} was acknowledged, and never written`]
        : [];
    });
    const last = counts.findLastIndex(({ end }) => end === "acknowledged");
    // Before the first acknowledgement the number that it began with may stand too.
    const may = counts.slice(Math.max(0, last)).map(({ onHand }) => onHand);
    for (const side of last < 0 ? [] : SIDES) {
      const stands = stock[side].get(sku);
      if (stands === undefined || !may.includes(stands))
        problems.push(`${sku}: ${may.join(" or ")} should stand, the ${side} side has ${stands ?? "none"}`);
    }
    return problems;
  });
}

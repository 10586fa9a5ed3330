import type { PathMistake } from "./places.ts";
import { type Candidate, mapOf } from "./raw.ts";

/** Each capability that another waits for is there, and none waits for itself by whatever way. */
export function dependsOnChecks(candidates: readonly Candidate[]): PathMistake[] {
  const needs = new Map(
    candidates.map(({ capability, value }) => [capability, Object.keys(mapOf(value.dependsOn))]),
  );
  return [...needs].flatMap(([capability, names]) =>
    names.flatMap((name) => {
      const path = ["capabilities", capability, "dependsOn", name];
      if (!needs.has(name)) return [{ path, message: `there is no capability \`${name}\`` }];
      const way = wayTo(capability, name, needs);
      if (way === undefined) return [];
      return [{ path, message: `they wait for each other: ${[capability, ...way].join(" → ")}` }];
    }),
  );
}

/** The shortest way from `from` to `to` by what each one waits for, both ends included. */
function wayTo(
  to: string,
  from: string,
  needs: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set([from]);
  for (let ways = [[from]]; ways.length > 0; ) {
    const there = ways.find((way) => way.at(-1) === to);
    if (there !== undefined) return there;
    ways = ways.flatMap((way) =>
      (needs.get(way.at(-1) ?? "") ?? [])
        .filter((name) => !seen.has(name))
        .map((name) => {
          seen.add(name);
          return [...way, name];
        }),
    );
  }
  return undefined;
}

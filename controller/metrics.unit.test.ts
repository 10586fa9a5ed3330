import { expect, test } from "vitest";
import { metricsText } from "./metrics.ts";

test("an unknown intent has no figure, and is no 0", () => {
  const figures = { owned: 28, inHand: 2, quarantined: 0, following: 98, lag: 5 };
  const text = metricsText({
    state: "acting",
    halted: ["inventory"],
    unopened: [],
    capabilities: [
      { capability: "orders", intent: 30, ...figures },
      { capability: "inventory", intent: null, unknown: { code: "BYN-FLAGS-009", why: "away" }, ...figures },
    ],
  });
  const lines = text.split("\n");
  expect(lines).toContain("banyan_controller_acting 1");
  expect(lines.filter((line) => line.startsWith("banyan_slots_intended"))).toEqual([
    'banyan_slots_intended{capability="orders"} 30',
  ]);
  expect(lines).toContain('banyan_slots_owned{capability="inventory"} 28');
  expect(lines).toContain('banyan_controller_halted{capability="inventory"} 1');
  expect(lines).toContain('banyan_controller_halted{capability="orders"} 0');
  // Every line that is no comment is a name, perhaps labels, and a number.
  const figuresOf = lines.filter((line) => line !== "" && !line.startsWith("#"));
  expect(figuresOf.filter((line) => !/^[a-z_]+(\{capability="[a-z-]+"\})? \d+$/.test(line))).toEqual([]);
});

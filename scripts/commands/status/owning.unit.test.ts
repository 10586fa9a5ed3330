import { expect, test } from "vitest";
import { type ControllerView, isTroubled, owningWords, stageOfOwned } from "./owning.ts";

const orders = {
  capability: "orders",
  intent: 30,
  owned: 28,
  inHand: 2,
  quarantined: 0,
  following: 98,
  lag: 0,
};
const view: ControllerView = { state: "acting", halted: [], unopened: [], capabilities: [orders] };

test("one line says what is wanted, what is owned and what is under way", () => {
  expect(owningWords("orders", view)).toBe(
    "orders: intent 30 %, owned 28 %, 2 in hand, 0 quarantined, lag 0",
  );
  expect(isTroubled("orders", view)).toBe(false);
});

test("an unknown intent is no 0 %, and says why", () => {
  const unknown = { code: "BYN-FLAGS-007", why: "it has 2 strategies" };
  const told = { ...view, capabilities: [{ ...orders, intent: null, unknown }] };
  expect(owningWords("orders", told)).toMatch(
    /^orders: intent unknown \(BYN-FLAGS-007: it has 2 strategies\), owned 28 %/,
  );
  expect(isTroubled("orders", told)).toBe(true);
});

test.each<[string, ControllerView | undefined, RegExp]>([
  ["a controller that is away", undefined, /^orders: the controller does not answer/],
  ["a capability that was never opened", { ...view, unopened: ["orders"] }, /not opened yet/],
  [
    "one that it has not seen",
    { ...view, state: "waiting", capabilities: [] },
    /not seen it yet \(another controller/,
  ],
  ["a database that is away", { ...view, halted: ["orders"] }, /lag 0; nothing is begun/],
  ["a controller without its own database", { ...view, state: "away" }, /its own database is away$/],
])("%s is said", (_what, told, expected) => {
  expect(owningWords("orders", told)).toMatch(expected);
});

test.each([
  [0, { owned: 0, following: 0 }, "off"],
  [0, { owned: 0, following: 1 }, "sync"],
  [10, { owned: 0, following: 100 }, "ramp"],
  [0, { owned: 3, following: 100 }, "ramp"],
  [100, { owned: 99, following: 100 }, "ramp"],
  [100, { owned: 100, following: 100 }, "live"],
  [0, undefined, "off"],
] as const)("a flag at %i %% with %o is %s", (percentage, own, stage) => {
  expect(stageOfOwned(percentage, own)).toBe(stage);
});

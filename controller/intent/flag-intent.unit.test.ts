import { FlagDefinition, intentFrom } from "@banyan/platform/flags/compile.ts";
import { staticFlagSource } from "@banyan/platform/flags/static-source.ts";
import { expect, test } from "vitest";
import { flagIntent, shareOf } from "./flag-intent.ts";

const counting = { groupId: "orders", stickiness: "userId" };
const strategy = {
  name: "flexibleRollout",
  parameters: { rollout: "30", groupId: "orders", stickiness: "userId" },
};

function read(flag: object, kill = false) {
  const of = (name: string, more: object) =>
    FlagDefinition.parse({ name, enabled: true, strategies: [strategy], ...more });
  const killed = kill ? of("orders.kill", {}) : undefined;
  return intentFrom(of("orders", flag), killed, () => true);
}

test("one plain flexibleRollout is its percentage; off and the kill switch are 0", () => {
  expect(shareOf(read({}), counting)).toEqual({ known: true, slots: 30 });
  expect(shareOf(read({ enabled: false }), counting)).toEqual({ known: true, slots: 0 });
  expect(shareOf(read({ strategies: [] }, true), counting)).toEqual({ known: true, slots: 0 });
});

test("an edited groupId or stickiness is unknown (BYN-FLAGS-008)", () => {
  for (const changed of [{ groupId: "other" }, { groupId: "" }, { stickiness: "default" }]) {
    const strategies = [{ ...strategy, parameters: { ...strategy.parameters, ...changed } }];
    expect(shareOf(read({ strategies }), counting)).toMatchObject({ known: false, code: "BYN-FLAGS-008" });
  }
});

test.each<[string, object]>([
  ["no strategy", { strategies: [] }],
  ["two strategies", { strategies: [strategy, strategy] }],
  ["another strategy", { strategies: [{ name: "default" }] }],
  ["constraints", { strategies: [{ ...strategy, constraints: [{}] }] }],
  ["segments", { strategies: [{ ...strategy, segments: [1] }] }],
  ["variants", { strategies: [{ ...strategy, variants: [{}] }] }],
  ["a parent", { dependencies: [{ feature: "parent" }] }],
  ["no rollout", { strategies: [{ ...strategy, parameters: { ...strategy.parameters, rollout: "" } }] }],
])("a flag with %s is unknown (BYN-FLAGS-007)", (_what, flag) => {
  expect(shareOf(read(flag), counting)).toMatchObject({ known: false, code: "BYN-FLAGS-007" });
});

test("with `enforce` intent never passes what was proved; what can't be told is unknown", () => {
  expect(shareOf(read({}), { ...counting, proved: () => 10 })).toEqual({ known: true, slots: 10 });
  expect(shareOf(read({}), { ...counting, proved: () => 50 })).toEqual({ known: true, slots: 30 });
  expect(shareOf(read({}), { ...counting, proved: () => undefined })).toMatchObject({ known: false });
  expect(shareOf(read({}, true), { ...counting, proved: () => undefined })).toEqual({
    known: true,
    slots: 0,
  });
});

test("a capability without a flag is unknown (BYN-FLAGS-009), which is not 0", () => {
  const intent = flagIntent(staticFlagSource([{ capability: "orders", flag: "orders", percentage: 7 }]), {
    orders: counting,
    inventory: counting,
  });
  expect(intent.shareOf("orders")).toEqual({ known: true, slots: 7 });
  expect(intent.shareOf("inventory")).toMatchObject({ known: false, code: "BYN-FLAGS-009" });
  expect(intent.shareOf("other")).toMatchObject({ known: false, code: "BYN-FLAGS-009" });
});

import { FlagDefinition, intentFrom } from "@banyan/platform/flags/compile.ts";
import type { FlagHealth } from "@banyan/platform/flags/flag-source.ts";
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

test("one plain flexibleRollout is its percentage, and the kill switch is 0 whatever the flag says", () => {
  expect(shareOf(read({}), counting)).toEqual({ known: true, slots: 30 });
  expect(shareOf(read({ strategies: [] }, true), counting)).toEqual({ known: true, slots: 0 });
  expect(shareOf(read({ enabled: false }, true), counting)).toEqual({ known: true, slots: 0 });
});

test("an edited groupId or stickiness is unknown (BYN-FLAGS-008)", () => {
  for (const changed of [{ groupId: "other" }, { groupId: "" }, { stickiness: "default" }]) {
    const strategies = [{ ...strategy, parameters: { ...strategy.parameters, ...changed } }];
    expect(shareOf(read({ strategies }), counting)).toMatchObject({ known: false, code: "BYN-FLAGS-008" });
  }
});

test.each<[string, object]>([
  ["its switch off", { enabled: false }],
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

test("the field that its slots are counted by may be another than userId", () => {
  const flags = [{ capability: "inventory", flag: "inventory", percentage: 7, stickiness: "sku" }];
  const countingOf = (stickiness: string) => ({ inventory: { groupId: "inventory", stickiness } });
  const of = (stickiness: string) =>
    flagIntent(staticFlagSource(flags), countingOf(stickiness)).shareOf("inventory");
  expect(of("sku")).toEqual({ known: true, slots: 7 });
  expect(of("userId")).toMatchObject({ known: false, code: "BYN-FLAGS-008" });
});

test("a flag that is only remembered is unknown (BYN-FLAGS-009), its kill switch too", () => {
  let state: FlagHealth["state"] = "live";
  const source = {
    ...staticFlagSource([]),
    intentOf: () => read({}, true),
    health: () => ({ state, detail: "Unleash is away" }),
  };
  const intent = flagIntent(source, { orders: counting });
  expect(intent.shareOf("orders")).toEqual({ known: true, slots: 0 });
  state = "remembered";
  expect(intent.shareOf("orders")).toEqual({
    known: false,
    code: "BYN-FLAGS-009",
    why: "Unleash is away",
  });
});

import { slotOf } from "@banyan/contracts/slot.ts";
import { Unleash } from "unleash-client";
import { afterEach, describe, expect, it } from "vitest";
import { compileFlag, type FlagDefinition, intentFrom } from "./compile.ts";

/** A release flag as the client API gives it. */
function release(rollout: string, more: Partial<FlagDefinition["strategies"][number]> = {}): FlagDefinition {
  const parameters = { rollout, stickiness: "userId", groupId: "catalog", ...more.parameters };
  return { name: "catalog", enabled: true, strategies: [{ name: "flexibleRollout", ...more, parameters }] };
}

const clients: Unleash[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** The real unleash-client, holding one flag from its bootstrap; it never polls. */
async function clientWith(flag: FlagDefinition): Promise<Unleash> {
  const client = new Unleash({
    appName: `test-${clients.length}`,
    url: "http://127.0.0.1:9/api",
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: { get: async () => undefined, set: async () => {} },
    bootstrap: { data: [flag as never] },
  });
  client.on("error", () => {}); // nothing listens on port 9
  clients.push(client);
  await new Promise<void>((resolve) => client.once("ready", () => resolve()));
  return client;
}

/** 10,000 generated users of several shapes, the same in each run. */
const users = Array.from({ length: 10_000 }, (_, i) =>
  i % 3 === 0
    ? `u${i}`
    : i % 3 === 1
      ? `0198c0de-0000-7000-8000-${i.toString(16).padStart(12, "0")}`
      : `a.b+${i}@x.example`,
);

describe("a compiled flag", () => {
  it.each([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])(
    "decides like unleash-client's own isEnabled for 10,000 users at %i %%",
    async (percentage) => {
      const flag = release(String(percentage));
      const client = await clientWith(flag);
      const compiled = compileFlag(flag);
      if (compiled.kind !== "slots") throw new Error("expected slots");
      const unlike = users.filter(
        (userId) =>
          client.isEnabled("catalog", { userId }) !== slotOf(compiled.groupId, userId) <= compiled.percentage,
      );
      expect(unlike).toEqual([]);
      const share = users.filter((userId) => client.isEnabled("catalog", { userId })).length / users.length;
      expect(share).toBeCloseTo(percentage / 100, 1);
    },
  );

  it("never moves a user back when the percentage rises", () => {
    const at = (percentage: number) =>
      new Set(users.filter((userId) => slotOf("catalog", userId) <= percentage));
    let before = new Set<string>();
    for (const percentage of [1, 10, 50, 100]) {
      const now = at(percentage);
      expect([...before].filter((userId) => !now.has(userId))).toEqual([]);
      before = now;
    }
  });

  it("is 0 % when its environment is off, and 100 % when it is on without a strategy, as unleash-client answers", async () => {
    const off = { ...release("40"), enabled: false };
    const bare = { ...release("40"), strategies: [] };
    expect(compileFlag(off)).toMatchObject({ kind: "slots", percentage: 0 });
    expect(compileFlag(bare)).toMatchObject({ kind: "slots", percentage: 100 });
    expect((await clientWith(off)).isEnabled("catalog", { userId: "u1" })).toBe(false);
    expect((await clientWith(bare)).isEnabled("catalog", { userId: "u1" })).toBe(true);
  });

  it.each([
    ["a constraint", release("40", { constraints: [{ contextName: "userId" }] })],
    ["a segment", release("40", { segments: [1] })],
    ["another stickiness", release("40", { parameters: { rollout: "40", stickiness: "sessionId" } })],
    ["no number", release("forty")],
    ["another strategy", { ...release("40"), strategies: [{ name: "remoteAddress", parameters: {} }] }],
    [
      "two strategies",
      { ...release("40"), strategies: [...release("40").strategies, ...release("5").strategies] },
    ],
    ["a parent", { ...release("40"), dependencies: [{ feature: "shop" }] }],
  ])("with %s is not guessed at but asked of unleash-client", (_what, flag) => {
    expect(compileFlag(flag).kind).toBe("delegate");
    const asked: string[] = [];
    const intent = intentFrom(flag, undefined, (name, userId) => {
      asked.push(`${name} ${userId}`);
      return true;
    });
    if (!("delegate" in intent)) throw new Error("expected a delegate");
    expect(intent.delegate({ userId: "u7" })).toBe(true);
    expect(asked).toEqual(["catalog u7"]);
  });

  it("is killed by its kill switch, whatever its percentage", () => {
    const kill = { name: "catalog.kill", enabled: true, strategies: [] };
    expect(intentFrom(release("70"), kill, () => true)).toMatchObject({ kill: true, percentage: 70 });
    expect(intentFrom(release("70"), { ...kill, enabled: false }, () => true)).toMatchObject({ kill: false });
  });
});

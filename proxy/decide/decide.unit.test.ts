import { slotOf } from "@banyan/contracts/slot.ts";
import type { Intent } from "@banyan/platform/flags/flag-source.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, decisionText, dependsOnIdentity } from "./decide.ts";

const at = (percentage: number, kill = false): Intent => ({
  percentage,
  kill,
  compiled: { groupId: "catalog", stickiness: "userId" },
});
const override = { capability: "catalog", side: "extracted", expiresAtS: 0 } as const;

describe("the decision", () => {
  it("follows the slot: p % is the slots 1 to p", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.stringMatching(/^[ -~]{1,20}$/), (percentage, user) => {
        const { side, slot } = decide("catalog", user, at(percentage), undefined);
        expect(slot).toBe(slotOf("catalog", user));
        expect(side).toBe((slot ?? 0) <= percentage ? "extracted" : "monolith");
      }),
    );
  });

  it("never moves a user back when the percentage rises", () => {
    for (let user = 0; user < 200; user++) {
      let before = "monolith";
      for (let percentage = 0; percentage <= 100; percentage++) {
        const { side } = decide("catalog", `u${user}`, at(percentage), undefined);
        expect([before, side]).not.toEqual(["extracted", "monolith"]);
        before = side;
      }
      expect(before).toBe("extracted");
    }
  });

  it("counts a request without identity as slot 100", () => {
    expect(decide("catalog", undefined, at(99), undefined)).toMatchObject({ side: "monolith", slot: 100 });
    expect(decide("catalog", undefined, at(100), undefined)).toMatchObject({ side: "extracted" });
  });

  it("goes to the monolith when killed, whatever else is said", () => {
    expect(decide("catalog", "u", at(100, true), override)).toEqual({ side: "monolith", reason: "kill" });
  });

  it("lets an override choose for its own capability only, with unknown flags too", () => {
    expect(decide("catalog", "u", at(0), override).side).toBe("extracted");
    expect(decide("catalog", "u", undefined, override).side).toBe("extracted");
    expect(decide("orders", "u", at(0), override).side).toBe("monolith");
  });

  it("goes to the monolith when intent is unknown or the flag library fails", () => {
    const delegate = () => {
      throw new Error("broken");
    };
    expect(decide("catalog", "u", undefined, undefined).reason).toBe("flag-unknown");
    const broken = { percentage: 50, kill: false, delegate };
    expect(decide("catalog", "u", broken, undefined)).toEqual({ side: "monolith", reason: "flag-failed" });
    const asked = {
      percentage: 0,
      kill: false,
      delegate: ({ userId }: { userId: string | undefined }) => userId === "u",
    };
    expect(decide("catalog", "u", asked, undefined).side).toBe("extracted");
  });

  it("asks who it is only when the answer could differ", () => {
    expect([0, 1, 99, 100].map((p) => dependsOnIdentity("catalog", at(p), undefined))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(dependsOnIdentity("catalog", at(50, true), undefined)).toBe(false);
    expect(dependsOnIdentity("catalog", at(50), override)).toBe(false);
  });

  it("reads as text for people", () => {
    expect(decisionText(decide("catalog", "u1", at(50), undefined))).toMatch(
      /^side=\w+; reason=slot; slot=\d+; percentage=50$/,
    );
  });
});

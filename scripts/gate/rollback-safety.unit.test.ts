import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { describe, expect, test } from "vitest";
import { rollbackSafety } from "./rollback-safety.ts";

/** Slots 1 to 30 are at the extracted side; of slot 7 the monolith's copy and the owner's row are as given. */
function rows(copy: Partial<SlotRow> = {}, owner: Partial<SlotRow> = {}) {
  const side = (owns: (slot: number) => boolean, seventh: Partial<SlotRow>) =>
    Array.from({ length: ALL_SLOTS }, (_, i): SlotRow => {
      const slot = i + 1;
      const row: SlotRow = {
        slot,
        owner: owns(slot),
        epoch: 2,
        seq: 10,
        state: "following",
        trouble: undefined,
      };
      return slot === 7 ? { ...row, ...seventh } : row;
    });
  return { monolith: side((slot) => slot > 30, copy), extracted: side((slot) => slot <= 30, owner) };
}

const trouble = { code: "BYN-DATA-002", detail: "", seq: 3 } as const;

describe("a rollback", () => {
  test.each([
    ["every copy follows", rows(), "safe", "30 slots go back"],
    ["a copy is a little behind", rows({ seq: 1 }), "safe", "30 slots"],
    ["a copy is far behind", rows({ seq: 10 }, { seq: 100 }), "needs sync", "1 slot of the monolith's copy"],
    ["a copy is not filled", rows({ state: "empty" }), "needs sync", "not filled"],
    ["a copy is in quarantine", rows({ state: "quarantined", trouble }), "unsafe", "in quarantine"],
    ["a copy is ahead of its owner", rows({ seq: 11 }), "unsafe", "ahead of it"],
    ["a copy is at another epoch", rows({ epoch: 1 }), "unsafe", "another epoch"],
    ["a slot is on its way", rows({ epoch: 2 }, { owner: false, epoch: 3 }), "needs sync", "on their way"],
    [
      "a slot on its way met an event that can't be",
      rows({ trouble }, { owner: false, epoch: 3, seq: 12 }),
      "unsafe",
      "stand still",
    ],
    [
      "a slot on its way goes to a copy in quarantine",
      rows({ state: "quarantined", trouble }, { owner: false, epoch: 3 }),
      "unsafe",
      "in quarantine",
    ],
    ["a copy stands still", rows({ trouble }), "unsafe", "stand still"],
    [
      "the extracted side is away",
      { ...rows(), extracted: undefined },
      "unsafe",
      "extracted side's database",
    ],
    ["the monolith is away", { ...rows(), monolith: undefined }, "unsafe", "monolith's database"],
  ])("where %s says so", (_what, both, says, words) => {
    const found = rollbackSafety(both, 0);
    expect(found.says).toBe(says);
    expect(found.reasons.join("; ")).toContain(words);
  });

  test("of what is at the monolith already has no slot to move", () => {
    expect(rollbackSafety(rows(), 30)).toEqual({ says: "safe", reasons: ["no slot is to go back"] });
  });

  test("looks only at the slots that it moves", () => {
    expect(rollbackSafety(rows({ state: "empty" }), 10)).toEqual({
      says: "safe",
      reasons: ["20 slots go back, each with everything that was written"],
    });
  });
});

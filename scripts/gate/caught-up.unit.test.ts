import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { expect, test } from "vitest";
import { behindIn } from "./caught-up.ts";

function rowOf(slot: number, change: Partial<SlotRow> = {}): SlotRow {
  return { slot, owner: false, epoch: 1, seq: 4, state: "following", trouble: undefined, ...change };
}
const owns = { owner: true };
const SLOTS = new Set([7]);

test("a copy that has everything is not behind, whichever side owns the slot, and other slots are not asked for", () => {
  const monolith = [rowOf(7, owns), rowOf(8, { ...owns, seq: 9 })];
  expect(behindIn({ monolith, extracted: [rowOf(7), rowOf(8)] }, SLOTS)).toEqual([]);
  expect(behindIn({ monolith: [rowOf(7)], extracted: [rowOf(7, owns)] }, SLOTS)).toEqual([]);
});

test.each<[string, SlotRow[], SlotRow[], string]>([
  [
    "has not everything",
    [rowOf(7, { ...owns, seq: 5 })],
    [rowOf(7)],
    "slot 7: the monolith owns it at 5 (following), the extracted side at 4 (following)",
  ],
  [
    "is in quarantine",
    [rowOf(7, { state: "quarantined" })],
    [rowOf(7, owns)],
    "slot 7: the monolith at 4 (quarantined), the extracted side owns it at 4 (following)",
  ],
  [
    "is owned by nobody yet",
    [rowOf(7)],
    [rowOf(7)],
    "slot 7: the monolith at 4 (following), the extracted side at 4 (following)",
  ],
  [
    "is of another epoch",
    [rowOf(7, { ...owns, epoch: 2 })],
    [rowOf(7)],
    "slot 7: the monolith owns it at 4 (following), the extracted side at 4 (following)",
  ],
  [
    "is not there",
    [rowOf(7, owns)],
    [],
    "slot 7: the monolith owns it at 4 (following), the extracted side is not there",
  ],
])("a slot whose copy %s is behind", (_which, monolith, extracted, words) => {
  expect(behindIn({ monolith, extracted }, SLOTS)).toEqual([words]);
});

test("a side that is out of reach has nothing that could be counted", () => {
  expect(behindIn({ monolith: [], extracted: undefined }, SLOTS)).toEqual([
    "the database of the extracted side is out of reach",
  ]);
});

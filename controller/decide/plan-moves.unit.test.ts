import { peerOf } from "@banyan/contracts/http/headers.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Share } from "../intent/share.ts";
import { ownerOf, type SlotPair } from "./pair.ts";
import { BOUNDS, type Move, planMoves } from "./plan-moves.ts";
import { pairsOf } from "./since.ts";

const UNKNOWN: Share = { known: false, code: "BYN-FLAGS-009", why: "away" };
const share = (slots: number): Share => ({ known: true, slots });

function row(slot: number, more: Partial<SlotRow> = {}): SlotRow {
  return { slot, owner: false, epoch: 1, seq: 5, state: "following", trouble: undefined, ...more };
}

function pair(slot: number, monolith: Partial<SlotRow>, extracted: Partial<SlotRow>, sinceMs = 0): SlotPair {
  return { slot, monolith: row(slot, monolith), extracted: row(slot, extracted), sinceMs };
}

const atMonolith = (slot: number, copy: Partial<SlotRow> = {}) => pair(slot, { owner: true }, copy);
const atExtracted = (slot: number, copy: Partial<SlotRow> = {}) => pair(slot, copy, { owner: true });
const inHand = (slot: number, receiver: Partial<SlotRow> = {}, sinceMs = 1_000) =>
  pair(slot, { epoch: 2, seq: 6 }, receiver, sinceMs);

describe("what the controller does next", () => {
  test("only the slots that differ move: the lowest first up, the highest first down", () => {
    const world = [atExtracted(1), atMonolith(3), atMonolith(2), atMonolith(4), atExtracted(101)];
    expect(planMoves(world, share(3), BOUNDS)).toEqual([
      { do: "hand-over", slot: 2, from: "monolith", epoch: 1 },
      { do: "hand-over", slot: 3, from: "monolith", epoch: 1 },
    ]);
    const owned = [atExtracted(1), atExtracted(2), atExtracted(3)];
    expect(planMoves(owned, share(1), BOUNDS).map((move) => move.slot)).toEqual([3, 2]);
  });

  test.each<[string, Partial<SlotRow>]>([
    ["quarantined", { state: "quarantined", trouble: { code: "BYN-DATA-005", detail: "", seq: 5 } }],
    ["at another epoch", { epoch: 3 }],
    ["too far behind", { seq: 4 }],
    ["before a bad event", { trouble: { code: "BYN-DATA-003", detail: "", seq: 6 } }],
  ])("a slot whose copy is %s is not handed over", (_what, copy) => {
    expect(planMoves([atMonolith(1, copy)], share(1), { ...BOUNDS, maxLag: 0 })).toEqual([]);
  });

  test("what is in hand counts against the bound", () => {
    const world = [inHand(1, {}, 0), atMonolith(2), atMonolith(3)];
    expect(planMoves(world, share(3), { ...BOUNDS, inHand: 2 })).toHaveLength(1);
    expect(planMoves(world, share(3), { ...BOUNDS, inHand: 1 })).toEqual([]);
  });

  test("an unknown intent begins nothing and finishes what was begun", () => {
    const world = [inHand(1), atMonolith(2), atExtracted(3), atExtracted(4, { state: "empty" })];
    expect(planMoves(world, UNKNOWN, BOUNDS)).toEqual([{ do: "drain", slot: 1, to: "extracted" }]);
  });

  test("a slot in hand is drained after 1 s, one behind after 10 s, a rehearsal slot too", () => {
    expect(planMoves([inHand(1, {}, 999)], share(1), BOUNDS)).toEqual([]);
    expect(planMoves([inHand(101)], share(0), BOUNDS)).toEqual([{ do: "drain", slot: 101, to: "extracted" }]);
    const behind = (sinceMs: number) => [pair(1, { seq: 4 }, { owner: true }, sinceMs)];
    expect(planMoves(behind(9_999), share(1), BOUNDS)).toEqual([]);
    expect(planMoves(behind(10_000), share(1), BOUNDS)).toEqual([{ do: "drain", slot: 1, to: "monolith" }]);
  });

  test("a handover that can't arrive is taken back, a half-done abort finished, an alarm left to a person", () => {
    const bad = { code: "BYN-DATA-003", detail: "", seq: 6 } as const;
    const abort = [{ do: "abort", slot: 1, from: "monolith" }];
    expect(planMoves([inHand(1, { trouble: bad })], UNKNOWN, BOUNDS)).toEqual(abort);
    expect(planMoves([inHand(1, { state: "empty", epoch: 3 })], UNKNOWN, BOUNDS)).toEqual(abort);
    const alarm = { ...bad, code: "BYN-DATA-026" } as const;
    expect(planMoves([inHand(1, { trouble: alarm })], share(1), BOUNDS)).toEqual([]);
  });

  test("a copy is filled where it is to own, and always at the monolith", () => {
    const empty = { state: "empty" } as const;
    expect(planMoves([atMonolith(1, empty), atMonolith(2, empty)], share(1), BOUNDS)).toEqual([
      { do: "fill", slot: 1, copy: "extracted" },
    ]);
    expect(planMoves([atExtracted(1, empty)], share(1), BOUNDS)).toEqual([
      { do: "fill", slot: 1, copy: "monolith" },
    ]);
  });

  test("a copy that goes on is not behind for long", () => {
    const look = (before: ReturnType<typeof pairsOf>["since"], seq: number, nowMs: number) =>
      pairsOf([row(1, { owner: true, seq: 9 })], [row(1, { seq })], before, nowMs);
    const first = look(new Map(), 5, 0);
    expect(look(first.since, 5, 700).pairs[0]?.sinceMs).toBe(700);
    expect(look(first.since, 6, 700).pairs[0]?.sinceMs).toBe(0);
    expect(look(first.since, 9, 700).since.size).toBe(0);
  });
});

/** What the databases do with a move, in memory. */
function after(world: readonly SlotPair[], move: Move): readonly SlotPair[] {
  return world.map((one) => {
    if (one.slot !== move.slot) return one;
    if (move.do === "hand-over") {
      const { epoch, seq } = one[move.from];
      return { ...one, sinceMs: 1_000, [move.from]: row(one.slot, { epoch: epoch + 1, seq: seq + 1 }) };
    }
    if (move.do === "drain") {
      const { epoch, seq, owner } = one[peerOf(move.to)];
      return { ...one, sinceMs: 0, [move.to]: row(one.slot, { owner: !owner, epoch, seq }) };
    }
    if (move.do === "fill") {
      const { epoch, seq } = one[peerOf(move.copy)];
      return { ...one, [move.copy]: row(one.slot, { epoch, seq }) };
    }
    throw new Error("nothing was stuck");
  });
}

test("after enough rounds owned slots equal intent; the bound holds; an unknown intent begins nothing", () => {
  const anywhere = fc.constantFrom("monolith", "extracted", "in hand", "empty copy");
  const worlds = fc.array(anywhere, { minLength: 100, maxLength: 102 }).map((places) =>
    places.map((place, i) => {
      if (place === "monolith") return atMonolith(i + 1);
      if (place === "extracted") return atExtracted(i + 1);
      return place === "in hand" && i % 12 === 0 ? inHand(i + 1) : atMonolith(i + 1, { state: "empty" });
    }),
  );
  const shares = fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), { maxLength: 4 });
  fc.assert(
    fc.property(
      worlds,
      shares,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 20 }),
      (start, before, last, bound) => {
        const bounds = { ...BOUNDS, inHand: bound };
        const held = (pairs: readonly SlotPair[]) =>
          pairs.filter((one) => one.slot <= 100 && ownerOf(one) === undefined).length;
        let world: readonly SlotPair[] = start;
        const round = (wanted: Share) => {
          const moves = planMoves(world, wanted, bounds);
          const begun = moves.filter((move) => move.do === "hand-over");
          if (!wanted.known) expect(begun).toEqual([]);
          if (begun.length > 0) expect(held(world) + begun.length).toBeLessThanOrEqual(bound);
          world = moves.reduce(after, world);
        };
        for (const slots of before) round(slots === undefined ? UNKNOWN : share(slots));
        for (let i = 0; i < 250; i++) round(share(last));
        const owned = world.filter((one) => one.slot <= 100 && ownerOf(one) === "extracted");
        expect(owned.map((one) => one.slot)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
        expect(held(world)).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});

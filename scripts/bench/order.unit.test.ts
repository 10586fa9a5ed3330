import { expect, test } from "vitest";
import { ARMS, KINDS } from "./kinds.ts";
import { turnsOf } from "./order.ts";

test("each round asks every kind of every arm once", () => {
  for (let round = 1; round <= 20; round++) {
    const turns = turnsOf("seed", round);
    expect(turns.map(({ kind }) => kind).toSorted()).toEqual([...KINDS].sort());
    for (const { arms } of turns) expect([...arms].sort()).toEqual([...ARMS].sort());
  }
});

test("the same seed gives the same order, and each arm comes first in about a third of the turns", () => {
  const rounds = Array.from({ length: 300 }, (_, round) => turnsOf("seed", round));
  expect(rounds).toEqual(Array.from({ length: 300 }, (_, round) => turnsOf("seed", round)));
  const first = rounds.flat().map(({ arms }) => arms[0]);
  for (const arm of ARMS) {
    const share = first.filter((each) => each === arm).length / first.length;
    expect(share).toBeGreaterThan(0.27);
    expect(share).toBeLessThan(0.4);
  }
});

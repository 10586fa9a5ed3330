import { expect, test } from "vitest";
import { type CopyState, mayEnter } from "./copy-row.ts";
import { judge } from "./inbox.ts";
import { lagFrom } from "./lag.ts";

test("a copy's slot moves only along its transitions", () => {
  const states: CopyState[] = ["empty", "filling", "following", "quarantined"];
  const found = states.flatMap((from) =>
    states.filter((to) => to !== "empty" && mayEnter(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(found).toEqual([
    "empty → filling",
    "filling → filling",
    "filling → following",
    "following → quarantined",
    "quarantined → filling",
  ]);
});

test("an event is a duplicate up to the copy's seq, the next one after it, and a gap beyond", () => {
  expect([4, 5, 6, 7].map((seq) => judge(5, seq))).toEqual(["duplicate", "duplicate", "next", "gap"]);
});

test("lag counts following slots only, and shows a copy ahead of its owner as below zero", () => {
  const trouble = { code: "BYN-DATA-003", detail: "x", seq: 5 } as const;
  const lag = lagFrom(
    [
      { slot: 1, seq: 4, state: "following", trouble },
      { slot: 2, seq: 0, state: "empty", trouble: undefined },
      { slot: 3, seq: 8, state: "following", trouble: undefined },
    ],
    new Map([
      [1, 9],
      [2, 50],
      [3, 7],
    ]),
  );
  expect(lag).toMatchObject({ lagMax: 5, lagTotal: 5, stopped: 1, states: { empty: 1, following: 2 } });
  expect(lag.slots.map((row) => row.lag)).toEqual([5, 50, -1]);
});

import { expect, test } from "vitest";
import { hasTwoOwners } from "./watch.ts";

const owns = (epoch: number) => ({ owner: true, epoch });
const follows = (epoch: number) => ({ owner: false, epoch });

test("a slot that moves between two readings has no two owners", () => {
  expect(hasTwoOwners({ before: owns(1), other: owns(2), after: follows(2) })).toBe(false);
  expect(hasTwoOwners({ before: follows(1), other: owns(1), after: follows(2) })).toBe(false);
  expect(hasTwoOwners({ before: owns(1), other: owns(2), after: owns(3) })).toBe(false);
  expect(hasTwoOwners({ before: owns(1), other: follows(1), after: owns(1) })).toBe(false);
});

test("who owned before and after at one epoch owned in between, and then nobody else does", () => {
  expect(hasTwoOwners({ before: owns(1), other: owns(2), after: owns(1) })).toBe(true);
});

test("an epoch has one owner, whenever it is read", () => {
  expect(hasTwoOwners({ before: owns(2), other: owns(2), after: follows(3) })).toBe(true);
  expect(hasTwoOwners({ before: follows(1), other: owns(2), after: owns(2) })).toBe(true);
});

import { expect, test } from "vitest";
import { awayOf, awayWords, OWNED } from "./away.ts";

const all = [
  "card-processor",
  "catalog",
  "catalog-worker",
  "mail-sink",
  "monolith",
  "postgres",
  "proxy",
  "unleash",
].map((name) => ({ name, running: true }));

test("nothing is away while everything runs, also where Postgres and Unleash are somebody else's", () => {
  expect(awayWords(awayOf(all, false))).toBe("");
  const ours = all.filter(({ name }) => name !== "postgres" && name !== "unleash");
  expect(awayWords(awayOf(ours, false))).toBe("");
});

test("what has ended and what was never started is named", () => {
  const processes = all
    .filter(({ name }) => name !== "proxy")
    .map(({ name }) => ({ name, running: name !== "postgres" && name !== "catalog" }));
  expect(awayOf(processes, false)).toEqual({ ended: ["catalog", "postgres"], missing: ["proxy"] });
  expect(awayWords(awayOf(processes, false))).toBe("catalog and postgres have ended; proxy was not started");
});

test("what owns orders and stock is missed only once it is to be there", () => {
  expect(awayOf(all, false).missing).toEqual([]);
  expect(awayOf(all, true).missing).toEqual([...OWNED]);
});

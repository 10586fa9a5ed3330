import { expect, it } from "vitest";
import { exampleBundle, exampleDraft } from "../bundle/example-bundle.ts";
import type { NewEntry } from "../ledger/entry.ts";
import { exampleEntry, exampleLedger, rollbackEntry, stepEntry } from "../ledger/example-ledger.ts";
import { type Story, storiesOf } from "./story.ts";

const one = exampleBundle(exampleDraft(1));
const unsure = exampleBundle(exampleDraft(10, { latenessMs: 60 }));
const ten = exampleBundle(exampleDraft(10, {}, 2));

function storyOf(news: readonly NewEntry[]): Story {
  const [story] = storiesOf(exampleLedger(news), [one, unsure, ten]);
  if (story === undefined) throw new Error("there is a story");
  return story;
}

const climbed = [
  exampleEntry(one),
  stepEntry(one, 0),
  exampleEntry(unsure),
  exampleEntry(ten),
  stepEntry(ten, 1),
];

it("tells each rung's last verdict, all its tries, and where the capability is", () => {
  const story = storyOf(climbed);
  expect(story).toMatchObject({ capability: "catalog", percentage: 10, proved: 10 });
  expect(story.headline).toBe("at 10 %, each rung proved");
  expect(
    story.rungs.map(({ title, state, verdict, tries }) => [title, state, verdict, tries.length]),
  ).toEqual([
    ["1 %", "taken", "pass", 1],
    ["10 %", "taken", "pass", 2],
  ]);
});

it("tells a rehearsal from a real rollback", () => {
  const rehearsed = storyOf([...climbed, rollbackEntry(10, 1, true), stepEntry(ten, 1)]);
  expect(rehearsed.rungs.map((rung) => rung.state)).toEqual(["taken", "rehearsed"]);
  const back = storyOf([...climbed, rollbackEntry(10, 1)]);
  expect(back.rungs.map((rung) => rung.state)).toEqual(["taken", "taken-back"]);
  expect(back.headline).toBe("at 1 %, each rung proved");
});

it("says when a flag that was moved by hand stands above what was proved", () => {
  const body = { capability: "catalog", from: 10, to: 100, by: null, what: "seen in Unleash" };
  const story = storyOf([...climbed, { at: ten.endedAt, kind: "manual", body }]);
  expect(story.headline).toBe("at 100 %, but only 10 % is proved");
});

it("tells no story of a plain compare", () => {
  const compare = exampleBundle({ ...exampleDraft(10), kind: "compare", step: null });
  expect(storiesOf(exampleLedger([exampleEntry(compare)]), [compare])).toEqual([]);
});

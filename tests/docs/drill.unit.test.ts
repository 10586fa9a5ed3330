import { allFaults } from "@banyan/scripts/drill/faults.ts";
import { expect, test } from "vitest";
import { tableRowsOf } from "./markdown.ts";
import { read } from "./project.ts";

const PAGE = "docs/how-to/drill.md";

/** The names in the first column of the table of faults. */
function namesIn(page: string): string[] {
  const faults = page.slice(page.indexOf("## What it breaks"), page.indexOf("## What must never be"));
  return tableRowsOf(faults).flatMap(([first = ""]) =>
    [...first.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

const names = [...new Set([...allFaults(false), ...allFaults(true)].map(({ name }) => name))];

test("the drill's page names every fault that `--only` takes, and no other", () => {
  const inPage = namesIn(read(PAGE)).filter((name) => name !== "--only");
  expect(inPage.toSorted()).toEqual(names.toSorted());
});

test("a fault that is renamed would be seen", () => {
  expect(namesIn(read(PAGE).replace("`pause the wire`", "`cut the wire`"))).not.toContain("pause the wire");
});

import { CATALOGUE, type ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { problem } from "@banyan/contracts/errors/problem.ts";
import { errorsPage, RESERVED } from "@banyan/scripts/write-errors.ts";
import { describe, expect, it } from "vitest";
import { codesGivenByNobody, codesUsed, differences } from "./errors-reading.ts";
import { anchorsOf } from "./markdown.ts";
import { read, readPages, readSources } from "./project.ts";

const page = read("docs/errors.md");
const sources = readSources();
const codes = Object.keys(CATALOGUE) as ErrorCode[];

/**
 * Said by scripts/entry/start.mjs, which runs before anything is installed and so can't read the catalogue.
 * Empty this list when they stand in contracts/errors/parts.ts: the test below asks for it then.
 */
const NOT_IN_CATALOGUE_YET: string[] = [];

describe("docs/errors.md", () => {
  it("is what `npm run docs:errors` writes now", () => {
    expect(page).toBe(errorsPage(CATALOGUE));
  });

  it("has a section for every code and a code for every section, with the catalogue's own words", () => {
    expect(differences(page, CATALOGUE)).toEqual([]);
  });

  it("is where the `type` of a problem document leads", () => {
    const anchors = anchorsOf({ path: "docs/errors.md", text: page });
    for (const code of codes) {
      const [file, anchor] = problem(code, "").type.split("#");
      expect(file).toBe("errors");
      expect(anchors).toContain(anchor);
    }
  });
});

describe("the catalogue", () => {
  it("knows every code that the code names", () => {
    const unknown = [...codesUsed(sources)].filter(
      ([code, paths]) =>
        CATALOGUE[code as ErrorCode] === undefined &&
        !NOT_IN_CATALOGUE_YET.includes(code) &&
        paths.some((path) => !path.startsWith("tests/docs/")),
    );
    expect(unknown).toEqual([]);
  });

  it("has no code that nobody gives, but for those that are reserved", () => {
    expect(codesGivenByNobody(CATALOGUE, sources)).toEqual(RESERVED);
  });

  it("lists as missing only what is missing", () => {
    expect(NOT_IN_CATALOGUE_YET.filter((code) => code in CATALOGUE)).toEqual([]);
  });

  it("knows every code that a page names", () => {
    const named = readPages().flatMap(({ path, text }) =>
      (text.match(/BYN-[A-Z]+-\d{3}/g) ?? []).map((code) => ({ path, code })),
    );
    expect(named.length).toBeGreaterThan(codes.length);
    expect(named.filter(({ code }) => !(code in CATALOGUE))).toEqual([]);
  });
});

describe("the comparison itself sees", () => {
  const written = errorsPage(CATALOGUE);
  const cut = (from: string, to: string) =>
    written.slice(0, written.indexOf(from)) + written.slice(written.indexOf(to));
  it.each([
    ["a code without a section", cut("### BYN-CLI-002", "### BYN-CLI-003"), ["BYN-CLI-002 has no section"]],
    [
      "a section without a code",
      written.replace("### BYN-CLI-002", "### BYN-CLI-899"),
      ["BYN-CLI-002 has no section", "BYN-CLI-899 is not in the catalogue"],
    ],
    [
      "another title",
      written.replace("**The command line is not usable**", "**It is not usable**"),
      ["BYN-CLI-002: its title is another in the catalogue"],
    ],
    [
      "another word of advice",
      written.replace("Start the stack with", "Stop the stack with"),
      ["BYN-CLI-005: its whatToDo is another in the catalogue"],
    ],
    [
      "another status and another retryable",
      written.replace("(status 409, retryable)", "(status 408, not retryable)"),
      [
        "BYN-CLI-004: its status is another in the catalogue",
        "BYN-CLI-004: its retryable is another in the catalogue",
      ],
    ],
    [
      "a section out of shape",
      written.replace("(status 404, not retryable)", "(404)"),
      ["the section BYN-CLI-006 can't be read", "BYN-CLI-006 has no section"],
    ],
  ])("%s", (_what, planted, expected) => {
    expect(planted).not.toBe(written);
    expect(differences(planted, CATALOGUE)).toEqual(expected);
  });

  it("a code that only a comment, a test or the catalogue names", () => {
    const entry = { status: 500, title: "t", retryable: false, whatToDo: "w" };
    const catalogue = { "BYN-CLI-001": entry, "BYN-CLI-002": entry };
    const given = codesGivenByNobody(catalogue, [
      { path: "contracts/errors/cli.ts", text: '"BYN-CLI-001": 1, "BYN-CLI-002": 2' },
      {
        path: "scripts/a.ts",
        text: '// BYN-CLI-002\n/** @throws BYN-CLI-002 */\nthrow new E("BYN-CLI-001");',
      },
      { path: "scripts/a.unit.test.ts", text: '"BYN-CLI-002"' },
    ]);
    expect(given).toEqual(["BYN-CLI-002"]);
  });

  it("a code of an area that the page has no room for", () => {
    const entry = { status: 500, title: "t", retryable: false, whatToDo: "w" };
    expect(() => errorsPage({ "BYN-MOON-001": entry })).toThrow("BYN-MOON-001");
  });
});

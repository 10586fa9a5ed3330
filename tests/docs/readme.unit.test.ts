import { program as banyan } from "@banyan/scripts/commands/program.ts";
import { PLANTS } from "@banyan/scripts/stack/state.ts";
import { EXIT } from "@banyan/scripts/terminal/exit-code.ts";
import { createScreen } from "@banyan/scripts/terminal/screen.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Page, tableRowsOf } from "./markdown.ts";
import { exists, read, readPages, readSources, root, rootFolders } from "./project.ts";
import {
  brokenLinks,
  brokenPictures,
  missingPaths,
  tableDifferences,
  unknownOptions,
  unknownScripts,
  unknownVariables,
  usesOf,
  wrongCommands,
  wrongDecision,
} from "./readme-checks.ts";

const pages = readPages();
const readme = read("README.md");
const uses = usesOf(pages);
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));
const program = banyan({
  root,
  environment: {},
  screen: createScreen(true),
  signal: new AbortController().signal,
});

/** The file that `npm run NAME` hands over to (scripts/entry/start.mjs). */
function targetOf(script: string): string | undefined {
  return /start\.mjs (\S+)$/.exec(scripts[script] ?? "")?.[1];
}

function fileOf(script: string): string | undefined {
  const target = targetOf(script);
  return target === undefined ? undefined : read(target);
}

describe("the README", () => {
  it("is under 300 lines", () => {
    expect(readme.split("\n").length).toBeLessThan(300);
  });

  it("lists every command with all its options, and none that is not there", () => {
    expect(tableDifferences(readme, program)).toEqual([]);
  });

  it("lists every exit code", () => {
    const listed = tableRowsOf(readme).flatMap(([first = ""]) =>
      /^\d+$/.test(first) ? [Number(first)] : [],
    );
    expect(listed).toEqual(Object.values(EXIT));
  });

  it("lists every fault that can be planted", () => {
    const listed = tableRowsOf(readme).flatMap(([first = ""]) => /^`([a-z-]+)`$/.exec(first)?.[1] ?? []);
    expect(PLANTS.filter((plant) => plant !== "none" && !listed.includes(plant))).toEqual([]);
  });

  it("begins with the two commands that a newcomer runs", () => {
    expect(uses.filter(({ page }) => page === "README.md").slice(0, 2)).toMatchObject([
      { script: "demo", words: [] },
      { script: "test", words: [] },
    ]);
  });
});

describe("the docs", () => {
  it("link only to what is there", () => {
    expect(brokenLinks(pages, exists)).toEqual([]);
  });

  // docs/pictures is made by hand from a running demo; from the first picture on, all of them are held to.
  it("show only pictures that are there", () => {
    expect(brokenPictures(pages, exists)).toEqual([]);
  });

  it("name only paths that are there", () => {
    expect(missingPaths(pages, rootFolders(), exists)).toEqual([]);
  });

  it("name only npm scripts that are there, each with its file", () => {
    expect(uses.length).toBeGreaterThan(30);
    expect(unknownScripts(uses, scripts)).toEqual([]);
    const targets = Object.keys(scripts).flatMap((script) => targetOf(script) ?? []);
    expect(targets.filter((path) => !exists(path))).toEqual([]);
  });

  it("name only commands, options and arguments of the command line that it has", () => {
    expect(wrongCommands(uses, program)).toEqual([]);
    expect(unknownOptions(uses, fileOf)).toEqual([]);
  });

  it("name only environment variables that something reads", () => {
    const sources = readSources().map(({ text }) => text);
    expect(unknownVariables(pages, [...sources, read("banyan.yaml")].join("\n"))).toEqual([]);
  });

  it("have decisions with context, options, decision and consequences, each under 60 lines", () => {
    const decisions = pages.filter(({ path }) => path.startsWith("docs/decisions/"));
    expect(decisions.length).toBeGreaterThanOrEqual(9);
    expect(decisions.flatMap(wrongDecision)).toEqual([]);
  });
});

describe("the checks themselves see", () => {
  const page = (text: string, path = "docs/planted.md"): Page[] => [{ path, text }];
  const there = (path: string) =>
    ["docs/there.md", "docs/planted.md", "scripts", "scripts/demo.ts"].includes(path);

  it("a link to a missing file, to a missing heading, and to one that is there", () => {
    const text =
      "# One word: *two*\n[a](gone.md) [b](there.md) [c](../docs/there.md) [d](#one-word-two) [e](#none)";
    expect(brokenLinks(page(text), there)).toEqual([
      "docs/planted.md: gone.md leads nowhere",
      "docs/planted.md: docs/planted.md has no heading #none",
    ]);
  });

  it("a missing picture and one without words", () => {
    expect(brokenPictures(page("![x](p.png)"), there)).toHaveLength(2);
  });

  it("a path that is gone, in a span and in a block", () => {
    const text =
      "`scripts/gone.ts`, `scripts/*`, `./scripts/demo.ts`\n\n```sh\nnode scripts/old.ts # x\n```\n";
    expect(missingPaths(page(text), ["scripts"], there)).toEqual([
      "docs/planted.md: there is no scripts/old.ts",
      "docs/planted.md: there is no scripts/gone.ts",
    ]);
  });

  it.each([
    ["npm run gone", "there is no `npm run gone`"],
    ["npm run banyan -- nxt catalog", "there is no command nxt"],
    ["npm run banyan -- next catalog --fast", "there is no option --fast"],
    ["npm run banyan -- next", "it takes 1 arguments, not 0"],
    ["npm run banyan -- status catalog", "it takes 0 arguments, not 1"],
    ["npm run banyan -- compare --a http://a", "it needs --b"],
    ["npm run demo -- --plants x", "`npm run demo` has no --plants"],
  ])("a wrong `%s`", (line, expected) => {
    const planted = usesOf(page(`\`\`\`sh\n${line}\n\`\`\`\n`));
    const found = [
      ...unknownScripts(planted, scripts),
      ...wrongCommands(planted, program),
      ...unknownOptions(planted, fileOf),
    ];
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it.each([
    ["npm run banyan -- rollback catalog --to 10 --why because --json"],
    ["npm run banyan -- compare --a http://a --b http://b --rate=100"],
    ["npm run demo -- --plant slow-tail --port-base 9000"],
    ["npm run proxy -- --config FILE --port 8080"],
  ])("nothing wrong with `%s`", (line) => {
    const good = usesOf(page(`\`\`\`sh\n${line}   # ${"--gone"}\n\`\`\`\n`));
    expect([...wrongCommands(good, program), ...unknownOptions(good, fileOf)]).toEqual([]);
    expect(good).toHaveLength(1);
  });

  it.each([
    ["a command left out", /^\| `doctor` .*\n/m, "", "the table has no doctor"],
    ["an option left out", " [--rehearsal]", "", "the table's rollback has no --rehearsal"],
    ["an option too many", "`doctor`", "`doctor [--all]`", "doctor has no --all"],
    ["an argument left out", "`next CAPABILITY`", "`next`", "the table's next takes 0 arguments"],
  ])("%s of the table", (_what, from, to, expected) => {
    expect(tableDifferences(readme.replace(from, to), program)).toEqual([expected]);
  });

  it("a variable that nothing reads", () => {
    expect(
      unknownVariables(page("`BANYAN_GONE` and `BANYAN_ADMIN_TOKEN`"), "env.BANYAN_ADMIN_TOKEN"),
    ).toEqual(["docs/planted.md: nothing reads BANYAN_GONE"]);
  });

  it("a decision that lacks a section, is too long, or has another number", () => {
    const text = `# 0002 X\n\n## Context\n\n## Decision\n\n## Consequences\n${"\n".repeat(60)}`;
    expect(wrongDecision({ path: "docs/decisions/0001-x.md", text })).toHaveLength(4);
  });
});

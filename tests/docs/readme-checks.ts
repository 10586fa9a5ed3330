import type { program } from "@banyan/scripts/commands/program.ts";
import { anchorsOf, type Code, codeOf, linksOf, type Page, tableRowsOf } from "./markdown.ts";

/** The command line, built and not run. */
type Program = ReturnType<typeof program>;

// Each check is a pure function from pages to sentences about what is wrong; none is the good answer.

/** Relative links whose file is missing, or whose anchor is. Pictures are the other check's. */
export function brokenLinks(pages: readonly Page[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(pages.map((page) => [page.path, new Set(anchorsOf(page))]));
  return pages.flatMap((page) =>
    linksOf(page)
      .filter(({ target, isPicture }) => !isPicture && !/^[a-z]+:/.test(target))
      .flatMap(({ target }) => {
        const [file = "", anchor] = target.split("#");
        const path = file === "" ? page.path : besides(page.path, file);
        if (!exists(path)) return [`${page.path}: ${target} leads nowhere`];
        if (anchor === undefined || anchors.get(path)?.has(anchor) === true) return [];
        return [`${page.path}: ${path} has no heading #${anchor}`];
      }),
  );
}

/** Pictures that are missing, or that say nothing to somebody who can't see them. */
export function brokenPictures(pages: readonly Page[], exists: (path: string) => boolean): string[] {
  return pages.flatMap((page) =>
    linksOf(page)
      .filter(({ isPicture }) => isPicture)
      .flatMap(({ target, words }) => [
        ...(exists(besides(page.path, target)) ? [] : [`${page.path}: there is no picture ${target}`]),
        ...(words.length >= 20 ? [] : [`${page.path}: ${target} has no alternative text worth the name`]),
      ]),
  );
}

/** Paths in code that begin with a folder of ours and are not there. A `*` stands for anything at the end. */
export function missingPaths(
  pages: readonly Page[],
  folders: readonly string[],
  exists: (path: string) => boolean,
): string[] {
  const names = folders.map((name) => name.replace(".", "\\.")).join("|");
  const path = new RegExp(`(?<![\\w./@-])(?:\\./)?((?:${names})/[\\w./*-]*)`, "g");
  return pages.flatMap((page) =>
    codeOf(page).flatMap(({ text }) =>
      [...text.matchAll(path)]
        .map(([, found = ""]) => found.replace(/\.$/, "").replace(/\/?\*.*$/, ""))
        .filter((found) => !exists(found))
        .map((found) => `${page.path}: there is no ${found}`),
    ),
  );
}

const NPM = /\bnpm (?:run ([\w:-]+)|(test))(?: -- ([^\n#|&;]*))?/g;

/** One use of an npm script in code, with what stands behind `--`. */
export interface Use {
  readonly page: string;
  readonly script: string;
  readonly words: readonly string[];
  /** In a block, so that somebody may copy it whole. */
  readonly isWhole: boolean;
}

export function usesOf(pages: readonly Page[]): Use[] {
  return pages.flatMap((page) => codeOf(page).flatMap((code) => usesIn(page.path, code)));
}

function usesIn(page: string, { text, fence }: Code): Use[] {
  return [...text.matchAll(NPM)].map(([, run, test, rest = ""]) => ({
    page,
    script: run ?? test ?? "",
    words: rest.split(/\s+/).filter((word) => word !== ""),
    isWhole: fence !== undefined,
  }));
}

export function unknownScripts(uses: readonly Use[], scripts: Readonly<Record<string, string>>): string[] {
  return uses
    .filter(({ script }) => !(script in scripts))
    .map((use) => `${use.page}: there is no \`npm run ${use.script}\``);
}

/** What is wrong with the uses of `npm run banyan --`: commands, options and arguments that the program doesn't have. */
export function wrongCommands(uses: readonly Use[], program: Program): string[] {
  return uses
    .filter(({ script, words }) => script === "banyan" && words.length > 0)
    .flatMap(({ page, words, isWhole }) =>
      wrongWords(words, program, isWhole).map((what) => `${page}: \`banyan ${words.join(" ")}\`: ${what}`),
    );
}

function wrongWords(words: readonly string[], program: Program, isWhole: boolean): string[] {
  const [name = "", ...rest] = words;
  if (name === "COMMAND" || name === "--help") return [];
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return [`there is no command ${name}`];
  const options = new Map(command.options.map((option) => [option.long ?? "", option]));
  const given = new Set<string>();
  const wrong: string[] = [];
  let operands = 0;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? "";
    if (!word.startsWith("-")) operands += 1;
    else {
      const [long = "", value] = word.split("=");
      const option = options.get(long);
      given.add(long);
      if (option === undefined && long !== "--help") wrong.push(`there is no option ${long}`);
      if (option?.required === true && value === undefined) i += 1;
    }
  }
  const wanted = command.registeredArguments.length;
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  if (operands > wanted || (isWhole && operands < needed))
    wrong.push(`it takes ${wanted} arguments, not ${operands}`);
  if (!isWhole) return wrong;
  const missing = command.options.filter(({ long, mandatory }) => mandatory && !given.has(long ?? ""));
  return [...wrong, ...missing.map(({ long }) => `it needs ${long}`)];
}

/** Options behind `--` of other scripts that the script's own file does not read (`parseArgs`). */
export function unknownOptions(
  uses: readonly Use[],
  fileOf: (script: string) => string | undefined,
): string[] {
  return uses
    .filter(({ script }) => script !== "banyan")
    .flatMap(({ page, script, words }) => {
      const text = fileOf(script) ?? "";
      return words
        .filter((word) => word.startsWith("--"))
        .map((word) => word.slice(2))
        .filter((name) => !new RegExp(`(?:^|[\\s{])"?${name}"?: \\{ type:`, "m").test(text))
        .map((name) => `${page}: \`npm run ${script}\` has no --${name}`);
    });
}

/** Holds a table whose first cells are `command ARGUMENT [--option VALUE]` against the program, both ways. */
export function tableDifferences(page: string, program: Program): string[] {
  const rows = new Map(
    tableRowsOf(page)
      .map(([first = ""]) => /^`([a-z]+)(?: (.*))?`$/.exec(first))
      .filter((match) => match !== null)
      .map(([, name = "", rest = ""]) => [name, rest] as const)
      .filter(([name]) => program.commands.some((command) => command.name() === name)),
  );
  return program.commands.flatMap((command) => {
    const row = rows.get(command.name());
    if (row === undefined) return [`the table has no ${command.name()}`];
    const said: string[] = [...(row.match(/--[a-z-]+/g) ?? [])].sort();
    const has = command.options
      .map(({ long }) => long ?? "")
      .filter((long) => long !== "--json" && long !== "--verbose")
      .sort();
    // An argument that may be left out stands in brackets of its own: `[PROCESS]`.
    const takes = (row.replace(/\[--[^\]]*\]|--[a-z-]+ [A-Z]+/g, "").match(/[A-Z]+/g) ?? []).length;
    return [
      ...has
        .filter((long) => !said.includes(long))
        .map((long) => `the table's ${command.name()} has no ${long}`),
      ...said.filter((long) => !has.includes(long)).map((long) => `${command.name()} has no ${long}`),
      ...(takes === command.registeredArguments.length
        ? []
        : [`the table's ${command.name()} takes ${takes} arguments`]),
    ];
  });
}

/** Names of environment variables in code that no file of ours knows. */
export function unknownVariables(pages: readonly Page[], sources: string): string[] {
  return pages.flatMap((page) =>
    codeOf(page).flatMap(({ text }) =>
      [...text.matchAll(/(?<![\w-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])/g)]
        .map(([name]) => name)
        .filter((name) => !sources.includes(name))
        .map((name) => `${page.path}: nothing reads ${name}`),
    ),
  );
}

/** What every decision record has, and how long it may be. */
export function wrongDecision({ path, text }: Page): string[] {
  const sections = ["## Context", "## Options weighed", "## Decision", "## Consequences"];
  const places = sections.map((section) => text.indexOf(`\n${section}\n`));
  return [
    ...sections.filter((_, i) => places[i] === -1).map((section) => `${path}: there is no ${section}`),
    ...(places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0))
      ? []
      : [`${path}: its sections are out of order`]),
    ...(text.split("\n").length <= 61 ? [] : [`${path}: more than 60 lines`]),
    ...(text.startsWith(`# ${/(\d{4})-/.exec(path)?.[1]} `)
      ? []
      : [`${path}: its title does not begin with its number`]),
  ];
}

/** A relative target, from the root. */
function besides(page: string, target: string): string {
  const parts = page.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

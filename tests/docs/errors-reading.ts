import type { ErrorEntry } from "@banyan/contracts/errors/entry.ts";
import type { Source } from "./project.ts";

const SECTION =
  /^### (BYN-[A-Z]+-\d{3})\n\n\*\*(.+)\*\* \(status (\d{3}), (not )?retryable\)\n\n(.+)\n(\nReserved: .+\n)?(?=\n|$(?![\s\S]))/gm;
const CODE = /BYN-[A-Z]+-\d{3}/g;

export type Catalogue = Readonly<Record<string, ErrorEntry>>;

/** What a page of errors says, by code: read from its words, not by the code that wrote it. */
export function readErrors(page: string): ReadonlyMap<string, ErrorEntry> {
  return new Map(
    [...page.matchAll(SECTION)].map(([, code = "", title = "", status, not, whatToDo = ""]) => [
      code,
      { status: Number(status), title, retryable: not === undefined, whatToDo },
    ]),
  );
}

/** Where page and catalogue are not one: each difference in words, none when they agree. */
export function differences(page: string, catalogue: Catalogue): string[] {
  const said = readErrors(page);
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading);
  return [
    ...headings.filter((code) => !said.has(code)).map((code) => `the section ${code} can't be read`),
    ...headings.filter((code, i) => headings.indexOf(code) !== i).map((code) => `${code} has two sections`),
    ...Object.keys(catalogue)
      .filter((code) => !said.has(code))
      .map((code) => `${code} has no section`),
    ...[...said.keys()]
      .filter((code) => catalogue[code] === undefined)
      .map((code) => `${code} is not in the catalogue`),
    ...[...said].flatMap(([code, entry]) => wordDifferences(code, entry, catalogue[code])),
  ];
}

function wordDifferences(code: string, said: ErrorEntry, meant: ErrorEntry | undefined): string[] {
  if (meant === undefined) return [];
  const fields = ["status", "title", "retryable", "whatToDo"] as const;
  return fields
    .filter((field) => said[field] !== meant[field])
    .map((field) => `${code}: its ${field} is another in the catalogue`);
}

/** Codes that code names, by the files that do; the catalogue itself is no use of a code. */
export function codesUsed(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const used = new Map<string, string[]>();
  for (const { path, text } of sources) {
    if (isCatalogue(path)) continue;
    for (const code of new Set(text.match(CODE))) used.set(code, [...(used.get(code) ?? []), path]);
  }
  return used;
}

/** Codes that nobody could ever see: named in no file but the catalogue, tests and comments on throwing aside. */
export function codesGivenByNobody(catalogue: Catalogue, sources: readonly Source[]): string[] {
  const product = sources
    .filter(
      ({ path }) => !/\.test\.ts$|\.fixture\.ts$|^tests\//.test(path) && path !== "scripts/write-errors.ts",
    )
    .map(({ path, text }) => ({ path, text: withoutComments(text) }));
  const used = codesUsed(product);
  return Object.keys(catalogue).filter((code) => !used.has(code));
}

function isCatalogue(path: string): boolean {
  return /^contracts\/errors\/[a-z]+\.ts$/.test(path) && !/(?:catalogue|problem|entry)\.ts$/.test(path);
}

/** Block and line comments of TypeScript; a `//` in an address has no space or line start before it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

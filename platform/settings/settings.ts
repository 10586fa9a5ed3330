import { readFileSync } from "node:fs";
import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import { LineCounter, parseDocument, type YAMLParseError } from "yaml";
import { z } from "zod";
import { crossChecks } from "./cross-checks.ts";
import { expand } from "./expand.ts";
import { type PathMistake, placed } from "./places.ts";
import { settingsSchema } from "./schema.ts";

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** `banyan.yaml`, validated and frozen. */
export type Settings = DeepReadonly<z.output<typeof settingsSchema>>;
export type CapabilitySettings = Settings["capabilities"][string];
export type IdentitySource = Settings["identity"][number];
export type JwksSettings = NonNullable<Settings["jwks"]>;
export type HoldSettings = Settings["hold"];
export type SlotKey = NonNullable<CapabilitySettings["slotKey"]>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the file at `path`. Errors: BYN-CONFIG-002 (cannot be read), BYN-CONFIG-003 (its mistakes, all of them). */
export function loadSettings(path: string, environment: Environment): Settings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    throw new BanyanError("BYN-CONFIG-002", `${path} cannot be read (${why})`, { cause: error });
  }
  return readSettings(text, environment, path);
}

/** Validates the text as a whole: every mistake is named with its path and line, none hides another. */
export function readSettings(text: string, environment: Environment, name = "banyan.yaml"): Settings {
  const lines = new LineCounter();
  const document = readable(name, () => parseDocument(text, { lineCounter: lines }));
  if (document.errors.length > 0) {
    throw mistaken(name, syntaxMistakes(document.errors, text, lines));
  }
  if (document.contents === null) throw mistaken(name, [{ place: name, message: "the file is empty" }]);
  const mistakes: PathMistake[] = [];
  const unexpanded: unknown = readable(name, () => document.toJS());
  const raw = expand(unexpanded, environment, mistakes);
  const parsed = settingsSchema.safeParse(raw ?? {});
  if (!parsed.success) mistakes.push(...parsed.error.issues.flatMap((issue) => mistakesOf(issue)));
  mistakes.push(...crossChecks(raw, unexpanded));
  if (mistakes.length > 0 || !parsed.success) {
    throw mistaken(name, placed(firstOfEachPlace(mistakes), document, lines));
  }
  return deepFreeze(parsed.data);
}

/** The flag of each capability is named after it unless the file says otherwise. */
export function flagOf(capability: string, settings: CapabilitySettings): string {
  return settings.flag ?? capability;
}

/** The file's JSON Schema (2020-12), for editors. Cross-checks are beyond it. */
export function settingsJsonSchema(): Record<string, unknown> {
  return { title: "banyan.yaml", ...z.toJSONSchema(settingsSchema, { io: "input" }) };
}

/** The library throws for aliases that lead nowhere or multiply, and runs out of stack in what is nested endlessly. */
function readable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const tooDeep = error instanceof RangeError;
    const message = tooDeep
      ? "it is nested too deep"
      : error instanceof Error
        ? error.message
        : String(error);
    throw mistaken(name, [{ place: "the file", message }], error);
  }
}

/** A reference between braces or brackets that no quote stands before. */
const UNQUOTED = /^[^#]*[{[].*?[:,[{]\s*\$\{/;

/**
 * One per line: what follows the first on the same line is its echo. So is what a broken brace makes of the rest of the
 * file: with an unquoted `${NAME}` those lines speak alone, else what stands outside the document is left out.
 */
function syntaxMistakes(errors: readonly YAMLParseError[], text: string, lines: LineCounter): Mistake[] {
  const byLine = new Map<number, string>();
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0]);
    const what = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? error.code;
    if (!byLine.has(line)) byLine.set(line, what);
  }
  // `{ token: ${NAME} }` is the usual cause: a brace ends a plain scalar between braces (YAML 1.2 §7.3.3).
  const unquoted = text
    .split("\n")
    .flatMap((content, index): [number, string][] =>
      UNQUOTED.test(content) ? [[index + 1, `between { } or [ ] write "\${NAME}" in quotes`]] : [],
    );
  const own = [...byLine].filter(([, what], index) => index === 0 || !what.includes("in YAML stream"));
  return (unquoted.length > 0 ? unquoted : own).map(([line, message]) => ({
    place: `the file (line ${line})`,
    message,
  }));
}

function mistaken(name: string, mistakes: readonly Mistake[], cause?: unknown): BanyanError {
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  return new BanyanError("BYN-CONFIG-003", `${name} has ${count}`, { mistakes, cause });
}

/** A second mistake at one place is the echo of the first. */
function firstOfEachPlace(mistakes: readonly PathMistake[]): PathMistake[] {
  const byPlace = new Map<string, PathMistake>();
  for (const mistake of mistakes) {
    const place = JSON.stringify([mistake.path.map(String), mistake.key]);
    if (!byPlace.has(place)) byPlace.set(place, mistake);
  }
  return [...byPlace.values()];
}

/** Of a union, the alternative that fits best speaks; unknown keys are one mistake each. */
function mistakesOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): PathMistake[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path, key, message: "this key is not known here" }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const best = issue.errors.reduce((a, b) => (fits(b, a) ? b : a));
    return best.flatMap((inner) => mistakesOf(inner, path));
  }
  return [{ path, message: issue.message }];
}

/** Fewer mistakes fit better; of as many, those that lie deeper: more of the form around them was right. */
function fits(better: readonly z.core.$ZodIssue[], than: readonly z.core.$ZodIssue[]): boolean {
  const fewer = weight(than) - weight(better);
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length));
  return fewer > 0 || (fewer === 0 && depth(better) > depth(than));
}

function weight(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function deepFreeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value as DeepReadonly<T>;
}

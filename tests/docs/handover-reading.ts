import { type Page, tableRowsOf } from "./markdown.ts";

/** A table as it says what it is: the migration by its SQL, the page by its words. */
export interface TableShape {
  /** `name type`, in the order in which they stand. */
  readonly columns: readonly string[];
  readonly primaryKey: string;
  readonly checks: readonly string[];
}

const TABLE = /^CREATE TABLE handover\.(\w+) \(\n([\s\S]*?)^\)/gm;
/** What most tables begin with; the page says it once. */
const SLOT = ["capability text", "slot smallint"];

/** Every table of the schema `handover`, from the migrations' text. */
export function tablesOfSql(sql: string): ReadonlyMap<string, TableShape> {
  return new Map(
    [...sql.matchAll(TABLE)].map(([, name = "", body = ""]) => {
      const lines = body
        .split("\n")
        .map((line) => line.replace(/--.*$/, "").trim())
        .filter((line) => line !== "");
      const columns = lines.flatMap((line) => /^([a-z_]+ [a-z]+)\b/.exec(line)?.[1] ?? []);
      const inline = lines.flatMap((line) => /^([a-z_]+) .*PRIMARY KEY/.exec(line)?.[1] ?? []);
      const primaryKey = /PRIMARY KEY \(([^)]+)\)/.exec(body)?.[1] ?? inline.join(", ");
      return [name, { columns: withoutSlot(columns), primaryKey, checks: lines.flatMap(checksOf) }] as const;
    }),
  );
}

function withoutSlot(columns: readonly string[]): readonly string[] {
  return SLOT.every((column) => columns.includes(column))
    ? columns.filter((column) => !SLOT.includes(column))
    : columns;
}

/** What stands between the brackets of each CHECK; brackets may be nested. */
function checksOf(line: string): string[] {
  const begin = line.indexOf("CHECK (");
  if (begin === -1) return [];
  let depth = 0;
  for (let at = begin + "CHECK ".length; at < line.length; at++) {
    if (line[at] === "(") depth += 1;
    if (line[at] === ")") depth -= 1;
    if (depth === 0) return [line.slice(begin + "CHECK (".length, at), ...checksOf(line.slice(at))];
  }
  throw new Error(`a CHECK that does not end on its line: ${line}`);
}

/** The same from the page: one table has `table.column`, type and meaning, another primary keys and checks. */
export function tablesOfPage(text: string): ReadonlyMap<string, TableShape> {
  const rows = tableRowsOf(sectionOf(text, "Tables"));
  const columns = rows.flatMap(([first = "", type = ""]) => {
    const [, table, column] = /^`(\w+)\.(\w+)`$/.exec(first) ?? [];
    return table === undefined ? [] : [{ table, column: `${column} ${unquoted(type)}` }];
  });
  return new Map(
    rows.flatMap(([first = "", primaryKey = "", checks = ""]) => {
      const table = /^`(\w+)`$/.exec(first)?.[1];
      if (table === undefined) return [];
      const own = columns.filter((row) => row.table === table).map(({ column }) => column);
      const said = [...checks.matchAll(/`([^`]+)`/g)].map(([, check = ""]) => check);
      return [[table, { columns: own, primaryKey: unquoted(primaryKey), checks: said }] as const];
    }),
  );
}

/** What stands under a heading of the second level. */
export function sectionOf(text: string, heading: string): string {
  const begin = text.indexOf(`\n## ${heading}\n`);
  if (begin === -1) throw new Error(`the page has no section ${heading}`);
  const end = text.indexOf("\n## ", begin + 1);
  return text.slice(begin, end === -1 ? undefined : end);
}

/** Blocks of one language, in order. */
export function blocksOf({ text }: Page, fence: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, code = ""]) => code,
  );
}

/** The statements of a block of SQL, comments left out, each `$name` replaced by `literal(name)`. */
export function statementsOf(sql: string, literal: (name: string) => string): string[] {
  return sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim().replace(/\$([a-z]+)/g, (_whole, name: string) => literal(name)))
    .filter((statement) => statement !== "");
}

function unquoted(cell: string): string {
  return cell.replaceAll("`", "");
}

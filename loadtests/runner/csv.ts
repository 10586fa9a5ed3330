import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** One row of k6's CSV output. Tags stand in `extra_tags` and `metadata` as `name=value&name=value`. */
export interface CsvRow {
  readonly metric: string;
  readonly value: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, string>;
}

const NEEDED = ["metric_name", "metric_value", "extra_tags", "metadata"] as const;
type Column = (typeof NEEDED)[number];

/**
 * Reads k6's CSV line by line as it arrives. Columns are found by the header's names, because their order follows
 * from the system tags. Rows of other metrics are left aside without being taken apart: k6 writes some ten for each
 * request. A row of a wanted metric that can't be read is BYN-EVIDENCE-060: a broken instrument is not smoothed over.
 */
export class CsvReader {
  readonly #wanted: ReadonlySet<string>;
  #columns: Readonly<Record<Column, number>> | undefined;
  #rest = "";
  /** k6's own header line, once it has come. */
  header: string | undefined;

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted);
  }

  /** The wanted rows, with their lines, that this chunk completes. The last, unfinished line waits for the next one. */
  read(chunk: string): readonly { readonly line: string; readonly row: CsvRow }[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((raw) => {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      const row = this.#readLine(line);
      return row === undefined ? [] : [{ line, row }];
    });
  }

  #readLine(line: string): CsvRow | undefined {
    if (line === "") return undefined;
    if (this.#columns === undefined) {
      this.#columns = columnsOf(line);
      this.header = line;
      return undefined;
    }
    // The metric's name is the first column of every k6 so far; when it is not, the row is taken apart to see.
    if (this.#columns.metric_name === 0 && !this.#wanted.has(line.slice(0, line.indexOf(","))))
      return undefined;
    const row = rowOf(line, this.#columns);
    return this.#wanted.has(row.metric) ? row : undefined;
  }
}

function columnsOf(header: string): Record<Column, number> {
  const names = fieldsOf(header);
  const at = (name: Column) => names.indexOf(name);
  const columns = {
    metric_name: at("metric_name"),
    metric_value: at("metric_value"),
    extra_tags: at("extra_tags"),
    metadata: at("metadata"),
  };
  const missing = NEEDED.filter((name) => columns[name] < 0);
  if (missing.length > 0) throw unreadable(header, `is no header: ${missing.join(", ")} missing`);
  return columns;
}

function rowOf(line: string, columns: Readonly<Record<Column, number>>): CsvRow {
  const fields = fieldsOf(line);
  const [metric, valueText, tags, metadata] = NEEDED.map((name) => fields[columns[name]]);
  const value = valueText === undefined || valueText === "" ? Number.NaN : Number(valueText);
  if (metric === undefined || tags === undefined || metadata === undefined || !Number.isFinite(value)) {
    throw unreadable(line, "has too few fields or no number");
  }
  return { metric, value, tags: pairsOf(tags), metadata: pairsOf(metadata) };
}

/** RFC 4180 §2: a field may be quoted, and a quote in it is doubled. No field of ours holds a line break. */
export function fieldsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== '"') {
      const end = line.indexOf(",", at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      at = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let end = at + 1;
    while (line[end] !== '"' || line[end + 1] === '"') {
      if (end >= line.length) throw unreadable(line, "has a quote that is not closed");
      end += line[end] === '"' ? 2 : 1;
    }
    if (end + 1 < line.length && line[end + 1] !== ",")
      throw unreadable(line, "goes on after a closing quote");
    fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return fields;
}

function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  if (text === "") return pairs;
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0) pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return pairs;
}

export function unreadable(line: string, why: string): BanyanError {
  return new BanyanError("BYN-EVIDENCE-060", `k6's line ${JSON.stringify(line.slice(0, 160))} ${why}`);
}

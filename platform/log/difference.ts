import { isDeepStrictEqual } from "node:util";
import type { CanonicalRow } from "./capability.ts";

/** One id that is not the same on both sides. */
export interface Difference {
  readonly id: string;
  /** `missing`: the copy lacks it · `extra`: only the copy has it · `changed`: the named fields differ. */
  readonly kind: "missing" | "extra" | "changed";
  readonly fields: readonly string[];
}

/** All differences between the owner's rows and the copy's, by id in code unit order. */
export function differencesOf(
  source: readonly CanonicalRow[],
  copy: readonly CanonicalRow[],
): readonly Difference[] {
  const theirs = new Map(copy.map((row) => [row.id, row.record]));
  const found: Difference[] = [];
  for (const { id, record } of source) {
    const other = theirs.get(id);
    theirs.delete(id);
    if (other === undefined) found.push({ id, kind: "missing", fields: [] });
    else {
      const fields = differingFields(record, other);
      if (fields.length > 0) found.push({ id, kind: "changed", fields });
    }
  }
  for (const id of theirs.keys()) found.push({ id, kind: "extra", fields: [] });
  return found.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** In words, the first `most` of them. */
export function explain(differences: readonly Difference[], most: number): string {
  const words = differences
    .slice(0, most)
    .map(({ id, kind, fields }) => `${id} ${kind}${fields.length > 0 ? ` (${fields.join(", ")})` : ""}`);
  const rest = differences.length - words.length;
  return words.join("; ") + (rest > 0 ? `; and ${rest} more` : "");
}

function differingFields(a: CanonicalRow["record"], b: CanonicalRow["record"]): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => !isDeepStrictEqual(a[name], b[name])).sort();
}

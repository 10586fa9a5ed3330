import { parser } from "@prometheus-io/lezer-promql";

/** What a query names, read with Prometheus's own grammar. */
export interface QueryNames {
  readonly metrics: readonly string[];
  /** In matchers and in `by (…)`. */
  readonly labels: readonly string[];
  /** What stands where the grammar has no place for it; empty for a query that is well formed. */
  readonly mistakes: readonly string[];
}

/** `$__rate_interval` is Grafana's: some duration. */
export function readQuery(query: string): QueryNames {
  const text = query.replaceAll("$__rate_interval", "1m");
  const metrics: string[] = [];
  const labels: string[] = [];
  const mistakes: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      const words = text.slice(from, to);
      if (type.isError) mistakes.push(`at ${from}: ${text.slice(from, from + 20)}`);
      else if (type.name === "Identifier" && node.parent?.name === "VectorSelector") metrics.push(words);
      else if (type.name === "LabelName") labels.push(words);
    },
  });
  return { metrics, labels, mistakes };
}

/** A capability as it stands in the file, before its fields were read. */
export interface Candidate {
  readonly capability: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What is no map counts as an empty one: that it is none is the schema's to say. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

import type { PathMistake } from "./places.ts";

/** Far beyond what the settings have; a list that holds itself has no end. */
const DEEPEST = 32;
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
const TOO_DEEP = "it is nested too deep";

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every string of a parsed document. It happens after parsing, so that
 * a value can never become structure. A name that is not set (or empty) and has no default is a mistake.
 */
export function expand(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  mistakes: PathMistake[],
  path: readonly PropertyKey[] = [],
): unknown {
  if (path.length > DEEPEST) {
    // All of it is one mistake, told where it begins.
    if (!mistakes.some(({ message }) => message === TOO_DEEP))
      mistakes.push({ path: path.slice(0, 1), message: TOO_DEEP });
    return undefined;
  }
  if (typeof value === "string") {
    return value.replace(REFERENCE, (_all, name: string, fallback: string | undefined) => {
      const found = environment[name];
      if (found !== undefined && found !== "") return found;
      if (fallback === undefined) mistakes.push({ path, message: `the environment has no ${name}` });
      return fallback ?? "";
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => expand(item, environment, mistakes, [...path, i]));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(item, environment, mistakes, [...path, key])]),
    );
  }
  return value;
}

import type { Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import { type Document, isCollection, isMap, isNode, isScalar, type LineCounter, type Node } from "yaml";

/** A mistake that knows its place in the document, not yet its line. */
export interface PathMistake {
  readonly path: readonly PropertyKey[];
  /** The unknown key itself, where the mistake is a key. */
  readonly key?: string;
  readonly message: string;
}

/** Gives each mistake its place in words: `capabilities.catalog.routes[1] (line 14)`, in the order of the file. */
export function placed(
  mistakes: readonly PathMistake[],
  document: Document.Parsed,
  lines: LineCounter,
): Mistake[] {
  return mistakes
    .map((mistake) => ({ mistake, line: lineOf(mistake, document, lines) }))
    .sort((a, b) => a.line - b.line)
    .map(({ mistake, line }) => ({
      place: `${nameOf(mistake)} (line ${line})`,
      message: mistake.message,
    }));
}

function nameOf({ path, key }: PathMistake): string {
  const steps = key === undefined ? path : [...path, key];
  const name = steps.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
  return name === "" ? "the file" : name;
}

/** The line of the place itself, or, for something missing, of the nearest thing above it. */
function lineOf({ path, key }: PathMistake, document: Document.Parsed, lines: LineCounter): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const found: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (!isNode(found)) continue;
    const node = (depth === path.length && key !== undefined ? keyNode(found, key) : undefined) ?? found;
    const isWhole = depth < path.length || (isCollection(found) && key === undefined);
    const named = depth > 0 && isWhole ? (nameNode(document, path.slice(0, depth)) ?? node) : node;
    if (named.range) return lines.linePos(named.range[0]).line;
  }
  return 1;
}

function keyNode(node: Node, key: string): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
  return isNode(pair?.key) ? pair.key : undefined;
}

/** For a mistake about a whole map or list, people look for its name, which may stand a line above its content. */
function nameNode(document: Document.Parsed, path: readonly PropertyKey[]): Node | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  return isNode(parent) ? keyNode(parent, String(path.at(-1))) : undefined;
}

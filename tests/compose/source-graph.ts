import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { root } from "./compose-file.ts";

/** What one process is made of. */
export interface SourceGraph {
  /** Files of ours that it loads, from the root. */
  readonly files: ReadonlySet<string>;
  /** Packages that it loads. */
  readonly packages: ReadonlySet<string>;
}

/** Follows the imports of a file that are there at run time: types are gone by then. */
export function graphOf(entry: string): SourceGraph {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith("node:")) continue;
      const ours = fileOf(specifier, file);
      if (ours === undefined) packages.add(packageOf(specifier));
      else follow(ours);
    }
  };
  follow(entry);
  return { files, packages };
}

export function parseSource(file: string): ts.SourceFile {
  const text = readFileSync(join(root, file), "utf8");
  return ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
}

/** Where an import of ours leads, from the root; undefined for a package. */
export function fileOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith(".")) return relative(root, join(root, from, "..", specifier));
  const [, name, rest] = /^@banyan\/([a-z-]+)\/(.+)$/.exec(specifier) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  return [join(name, rest), join("extracted", name, rest)].find((path) => existsSync(join(root, path)));
}

function importsOf(file: string): string[] {
  return parseSource(file).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    return isTypeOnly(statement) ? [] : [moduleSpecifier.text];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

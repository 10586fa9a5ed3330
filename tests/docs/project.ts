import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "./markdown.ts";

export const root = join(import.meta.dirname, "..", "..");

/** Where code lives. Docs may name what stands there, and only that. */
const ROOMS = [
  "contracts",
  "evidence",
  "platform",
  "shop",
  "monolith",
  "extracted",
  "proxy",
  "controller",
  "outside",
  "loadtests",
  "scripts",
  "tests",
  "tools",
  "infra",
];

/** The pages for people: those at the root, those under docs/, and each room's own. */
export function readPages(): Page[] {
  const own = readdirSync(root).filter((name) => name.endsWith(".md"));
  const others = ["docs", ...ROOMS].flatMap(filesBelow).filter((path) => path.endsWith(".md"));
  return [...own, ...others].map((path) => ({ path, text: read(path) }));
}

export interface Source {
  readonly path: string;
  readonly text: string;
}

/** All code and SQL of the rooms, tests too. */
export function readSources(): Source[] {
  return ROOMS.flatMap(filesBelow)
    .filter((path) => /\.(?:ts|mjs|js|sql)$/.test(path))
    .map((path) => ({ path, text: read(path) }));
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function exists(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
}

/** The names that stand at the root, for telling a path from other words with a slash. */
export function rootFolders(): string[] {
  return [...ROOMS, "docs", ".ci"];
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.includes("node_modules"));
}

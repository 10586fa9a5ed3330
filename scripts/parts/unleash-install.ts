import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { exists, fromCache } from "./cache.ts";
import { lastLines, type Say } from "./say.ts";
import { type Environment, findOnPath, runTool } from "./tool.ts";

export interface UnleashInstallOptions {
  readonly cacheFolder: string;
  /** `tools/unleash` of the repository: package.json and package-lock.json. */
  readonly toolFolder: string;
  /** The Node that npm and Unleash run on: the pinned one. */
  readonly nodePath: string;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

export interface UnleashInstall {
  readonly folder: string;
  /** The file that Node runs. */
  readonly entry: string;
}

const FILES = ["package.json", "package-lock.json"];

/** The installed Unleash, or null: looks only, for `banyan doctor`. */
export async function findUnleash(
  options: Pick<UnleashInstallOptions, "cacheFolder" | "toolFolder">,
): Promise<UnleashInstall | null> {
  const folder = join(options.cacheFolder, await keyOf(options.toolFolder));
  return (await exists(folder)) ? installIn(folder) : null;
}

/**
 * Installs the pinned Unleash server into the cache, keyed by its lock file. It is AGPL-3.0, and so a tool that is
 * installed on demand and run as a process of its own, never among Banyan's dependencies.
 * @throws BYN-PARTS-012, -013, -014
 */
export async function installUnleash(options: UnleashInstallOptions): Promise<UnleashInstall> {
  const { cacheFolder, toolFolder, say, signal } = options;
  const make = (path: string) => npmCi(path, options);
  const key = await keyOf(toolFolder);
  const purpose = "installing Unleash";
  return installIn(await fromCache({ folder: cacheFolder, key, purpose, make, say, signal }));
}

async function npmCi(folder: string, options: UnleashInstallOptions): Promise<void> {
  const { toolFolder, nodePath, say, signal } = options;
  say("installing Unleash 8.2 (433 packages, 200 MB): about a minute");
  await mkdir(folder);
  for (const file of FILES) await copyFile(join(toolFolder, file), join(folder, file));
  // No install script is needed: they build optional native code, install git hooks and send telemetry.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"];
  const env = npmEnvironment(options.env, nodePath);
  const npm = (await findOnPath("npm", env)) ?? "npm";
  const ticker = setInterval(() => say("still installing Unleash"), 15_000);
  try {
    const result = await runTool(npm, ["ci", ...flags], { env, cwd: folder, signal });
    if (result.code === 0 && (await exists(installIn(folder).entry))) return;
    const detail = `npm ended with ${result.code}: ${lastLines(`${result.stdout}\n${result.stderr}`, 6)}`;
    throw new BanyanError("BYN-PARTS-012", detail);
  } finally {
    clearInterval(ticker);
  }
}

/**
 * npm picks up where it was called from (`npm_config_local_prefix`, workspace, …) when we run inside an npm script;
 * the person's own settings, like the cache, are kept.
 */
export function npmEnvironment(env: Environment, nodePath: string): Environment {
  const misleading =
    /^npm_(package_|lifecycle_|config_(local_prefix|prefix|workspace|node_version)|command$|execpath$)/i;
  const kept = Object.entries(env).filter(([name]) => !misleading.test(name) && name !== "INIT_CWD");
  return { ...Object.fromEntries(kept), PATH: `${dirname(nodePath)}${delimiter}${env.PATH ?? ""}` };
}

async function keyOf(toolFolder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of FILES) hash.update(await readFile(join(toolFolder, file)));
  return `unleash-8.2.0-${hash.digest("hex").slice(0, 12)}`;
}

function installIn(folder: string): UnleashInstall {
  return { folder, entry: join(folder, "node_modules", "unleash-server", "dist", "server.js") };
}

import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { exists, fromCache } from "./cache.ts";
import { buildK6 } from "./k6-build.ts";
import { downloadK6, type K6Release } from "./k6-release.ts";
import { askK6Version, K6_VERSION, k6Fits } from "./k6-version.ts";
import type { Say } from "./say.ts";
import { type Environment, findOnPath, reasonOf } from "./tool.ts";

export interface K6Options {
  readonly cacheFolder: string;
  /** `tools/k6` of the repository. */
  readonly moduleFolder: string;
  /** The download to try before building; null skips it. */
  readonly release: K6Release | null;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

export interface K6 {
  readonly path: string;
  readonly version: string;
  readonly source: "path" | "cache" | "release" | "built";
}

/**
 * A k6 of 2.2 or newer: on the PATH, else cached, else the pinned release, else built with Go (design §10).
 * @throws BYN-PARTS-011 with the reason of every way that failed, -013
 */
export async function getK6(options: K6Options): Promise<K6> {
  const { cacheFolder, env, say, signal } = options;
  const onPath = await k6OnPath(env, say);
  if (onPath !== null) return onPath;

  const key = `k6-${await pinOf(options.moduleFolder)}`;
  const cached = binaryIn(join(cacheFolder, key));
  const before = (await exists(cached)) ? await askK6Version(cached, env) : null;
  if (before !== null) return { path: cached, version: before, source: "cache" };

  let source: K6["source"] = "cache";
  const make = async (folder: string) => {
    await mkdir(folder);
    source = await makeK6(binaryIn(folder), options);
  };
  const path = binaryIn(
    await fromCache({ folder: cacheFolder, key, purpose: "getting k6", make, say, signal }),
  );
  const version = await askK6Version(path, env);
  if (version === null)
    throw new BanyanError("BYN-PARTS-011", `${path} does not run on this machine; remove it and repeat.`);
  return { path, version, source };
}

/** Where k6 would come from, without fetching or building anything: for `banyan doctor`. */
export async function findK6(options: Omit<K6Options, "release" | "signal">): Promise<K6 | null> {
  const onPath = await k6OnPath(options.env, options.say);
  if (onPath !== null) return onPath;
  const path = binaryIn(join(options.cacheFolder, `k6-${await pinOf(options.moduleFolder)}`));
  const version = (await exists(path)) ? await askK6Version(path, options.env) : null;
  return version === null ? null : { path, version, source: "cache" };
}

async function k6OnPath(env: Environment, say: Say): Promise<K6 | null> {
  const path = await findOnPath("k6", env);
  if (path === null) return null;
  const version = await askK6Version(path, env);
  if (version !== null && k6Fits(version)) return { path, version, source: "path" };
  say(
    `not used: ${path} (${version === null ? "it tells no version" : `k6 ${version}`}; 2.2 or newer is needed)`,
  );
  return null;
}

/** Names version, module pins and machine, so that another pin is another cache entry. */
async function pinOf(moduleFolder: string): Promise<string> {
  const sums = await readFile(join(moduleFolder, "go.sum"));
  const hash = createHash("sha256").update(sums).digest("hex").slice(0, 12);
  return `${K6_VERSION}-${process.platform}-${process.arch}-${hash}`;
}

/** k6 calls itself by its file's name in what it prints, so that has to be `k6`. */
function binaryIn(folder: string): string {
  return join(folder, "k6");
}

async function makeK6(path: string, options: K6Options): Promise<"release" | "built"> {
  const { release, env, say, signal } = options;
  const reasons: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
      if ((await askK6Version(path, env)) === null) throw new Error("what came does not run on this machine");
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      reasons.push(`${what}: ${reasonOf(error)}`);
      return false;
    }
  };
  if (release !== null) {
    say(`downloading k6 ${K6_VERSION}`);
    if (await attempt("release download", () => downloadK6(release, path, { env, say, signal })))
      return "release";
    say(`no download (${reasons.at(-1)}); building k6 with Go instead, one to five minutes`);
  } else say("building k6 with Go, one to five minutes");
  const build = () => buildK6(path, { moduleFolder: options.moduleFolder, env, say, signal });
  if (await attempt("build with Go", build)) return "built";
  throw new BanyanError("BYN-PARTS-011", `k6 is not on the PATH. ${reasons.join(". ")}.`);
}

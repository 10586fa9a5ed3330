import { aptInstall } from "./apt.ts";
import type { Say } from "./say.ts";
import { type Environment, findOnPath, mayExecute, runTool } from "./tool.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

export interface ChromiumOptions {
  readonly env: Environment;
  /** Ours; only root may install. */
  readonly uid: number;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/** A browser, or why there is none: a test that needs it then skips with that reason. */
export type Chromium =
  | { readonly path: string; readonly version: string }
  | { readonly path: null; readonly reason: string };

/** Looks only: `CHROME_PATH`, else the PATH. */
export async function findChromium(env: Environment): Promise<Chromium> {
  const given = env.CHROME_PATH;
  if (given !== undefined && given !== "") {
    const version = (await mayExecute(given)) ? await versionOf(given, env) : null;
    if (version !== null) return { path: given, version };
    return { path: null, reason: `CHROME_PATH names ${given}, which does not run` };
  }
  for (const name of NAMES) {
    const path = await findOnPath(name, env);
    const version = path === null ? null : await versionOf(path, env);
    if (path !== null && version !== null) return { path, version };
  }
  return { path: null, reason: "no Chromium on the PATH, and CHROME_PATH is not set" };
}

/** A browser, installed from the distribution's packages (apt) when we are root and there is none. */
export async function getChromium(options: ChromiumOptions): Promise<Chromium> {
  const { env, uid } = options;
  const found = await findChromium(env);
  if (found.path !== null || (env.CHROME_PATH ?? "") !== "") return found;
  if (uid !== 0) return { path: null, reason: `${found.reason}; only root may install it` };
  options.say("installing Chromium with apt-get (about 300 MB): a minute or two");
  const problem = await aptInstall(["chromium"], options);
  if (problem !== null) return { path: null, reason: `${found.reason}; ${problem}` };
  return findChromium(env);
}

async function versionOf(path: string, env: Environment): Promise<string | null> {
  const result = await runTool(path, ["--version"], { env }).catch(() => null);
  return /\d+\.\d+[\d.]*/.exec(result?.stdout ?? "")?.[0] ?? null;
}

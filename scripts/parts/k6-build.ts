import { lastLines, paced, type Say } from "./say.ts";
import { type Environment, findOnPath, runTool } from "./tool.ts";

/** How many packages k6 2.2 is made of (`go list -deps`): for the progress line only. */
const PACKAGES = 782;

export interface BuildOptions {
  /** `tools/k6` of the repository: its go.mod and go.sum pin every line of what is built. */
  readonly moduleFolder: string;
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds k6 with Go to `path`, changing nothing in the module folder.
 * Throws an `Error` that says why in words.
 */
export async function buildK6(path: string, options: BuildOptions): Promise<void> {
  const { moduleFolder, say, signal } = options;
  const go = await findOnPath("go", options.env);
  if (go === null) throw new Error("Go is not installed");
  // Over whatever GOFLAGS and workspace the person has: this module, as it is pinned.
  const env = { ...options.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off", GO111MODULE: "on" };
  const progress = paced(say, 5_000, () => performance.now());

  say("fetching the source of k6 (Go modules, about 340 MB with what it needs)");
  let built = 0;
  const args = ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", path, "go.k6.io/k6/v2"];
  const result = await runTool(go, args, {
    env,
    cwd: moduleFolder,
    signal,
    onLine: (line) => {
      if (line.startsWith("go: downloading")) progress(line.replace("go: downloading", "fetching"));
      else if (!line.startsWith("go:")) progress(`building k6: ${++built} of about ${PACKAGES} packages`);
    },
  });
  if (result.code === 0) return;
  const lines = result.stderr.split("\n").filter((line) => !line.startsWith("go: downloading"));
  throw new Error(`go build ended with ${result.code}: ${lastLines(lines.join("\n"), 4)}`);
}

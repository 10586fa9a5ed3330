import { lastLines } from "./say.ts";
import { type Environment, findOnPath, reasonOf, runTool } from "./tool.ts";

/** Installs packages of the distribution; for root only. Answers what went wrong, in words, or null. */
export async function aptInstall(
  packages: readonly string[],
  { env, signal }: { readonly env: Environment; readonly signal?: AbortSignal | undefined },
): Promise<string | null> {
  const apt = await findOnPath("apt-get", env);
  if (apt === null) return "there is no apt-get to install it";
  const quiet = { ...env, DEBIAN_FRONTEND: "noninteractive" };
  // Another apt may be at work (a fresh machine updates itself): wait for its lock, bounded.
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  try {
    await runTool(apt, [...wait, "-qq", "update"], { env: quiet, signal });
    const args = [...wait, "-qq", "install", "-y", "--no-install-recommends", ...packages];
    const result = await runTool(apt, args, { env: quiet, signal });
    return result.code === 0 ? null : `apt-get could not install it: ${lastLines(result.stderr, 2)}`;
  } catch (error) {
    signal?.throwIfAborted();
    return reasonOf(error);
  }
}

import { type Environment, runTool } from "./tool.ts";

/** What `tools/k6/go.mod` and the release download pin. */
export const K6_VERSION = "2.2.0";

/** The version in what `k6 version` prints (`k6 v2.2.0 (go1.26.8, linux/amd64)`), or null. */
export function parseK6Version(text: string): string | null {
  return /\bk6(?:\.exe)? v(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}

/** 2.2 or newer: the load scripts are TypeScript, and the runner reads its CSV from standard output. */
export function k6Fits(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 2);
}

/** Asks a k6 for its version; null when it is none, or does not run. */
export async function askK6Version(path: string, env: Environment): Promise<string | null> {
  const result = await runTool(path, ["version"], { env }).catch(() => null);
  return result === null ? null : parseK6Version(result.stdout);
}

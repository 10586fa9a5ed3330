import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { K6_VERSION } from "./k6-version.ts";
import { lastLines, paced, type Say } from "./say.ts";
import { type Environment, runTool } from "./tool.ts";

/** A release archive that holds `<name>/k6`. */
export interface K6Release {
  readonly url: string;
  readonly name: string;
  readonly sha256: string;
}

/** From the release's checksum file. A machine that is not here builds its k6 with Go. */
const SHA256: Readonly<Record<string, string>> = {
  "linux-x64": "b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d",
  "linux-arm64": "4ecd64cadcc792402d16293836115480419c4447c032858f564852d98f1bf54c",
};

const CONNECT_BOUND_MS = 5_000;
const DOWNLOAD_BOUND_MS = 300_000;

/** The pinned release for a machine, or null when none is pinned. */
export function k6Release(platform: NodeJS.Platform, arch: string): K6Release | null {
  const sha256 = SHA256[`${platform}-${arch}`];
  if (sha256 === undefined) return null;
  const name = `k6-v${K6_VERSION}-linux-${arch === "x64" ? "amd64" : arch}`;
  const url = `https://github.com/grafana/k6/releases/download/v${K6_VERSION}/${name}.tar.gz`;
  return { url, name, sha256 };
}

export interface ReleaseOptions {
  readonly env: Environment;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads, checks and unpacks a release to `path`. Gives up after five seconds without an answer.
 * Throws an `Error` that says why in words; an archive with another checksum is never unpacked.
 */
export async function downloadK6(release: K6Release, path: string, options: ReleaseOptions): Promise<void> {
  const folder = `${path}.unpacked`;
  const archive = join(folder, "k6.tar.gz");
  try {
    await mkdir(folder);
    const sha256 = await download(release.url, archive, options);
    if (sha256 !== release.sha256)
      throw new Error(`the archive has checksum ${sha256}, and ${release.sha256} is pinned`);
    const { env, signal } = options;
    const tar = await runTool("tar", ["-xzf", archive, "-C", folder], { env, signal });
    if (tar.code !== 0) throw new Error(`tar: ${lastLines(tar.stderr, 2)}`);
    const unpacked = join(folder, release.name, "k6");
    await chmod(unpacked, 0o755);
    await rename(unpacked, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the SHA-256 of what was received */
async function download(url: string, target: string, options: ReleaseOptions): Promise<string> {
  const overall = AbortSignal.timeout(DOWNLOAD_BOUND_MS);
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(new Error("no answer within 5 s")), CONNECT_BOUND_MS);
  const signals = [overall, connecting.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const signal = AbortSignal.any(signals);
  try {
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    if (!response.ok || response.body === null) throw new Error(`the answer was ${response.status}`);
    const totalBytes = Number(response.headers.get("content-length") ?? 0);
    const hash = createHash("sha256");
    const progress = paced(options.say, 3_000, () => performance.now());
    let receivedBytes = 0;
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        receivedBytes += chunk.length;
        progress(
          `downloading k6: ${megabytes(receivedBytes)} of ${totalBytes > 0 ? megabytes(totalBytes) : "?"} MB`,
        );
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(target), { signal });
    return hash.digest("hex");
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new Error(why(cause), { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch hides the reason ("fetch failed") in the cause. */
function why(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findK6, getK6 } from "./k6.ts";

const MODULE = join(import.meta.dirname, "..", "..", "tools", "k6");
const NAME = "k6-v2.2.0-linux-amd64";
// The archive is served here, and holds a script that says it is k6: what is tested is the way, not k6.
const said: string[] = [];
let folder = "";
let server: Server;
let sha256 = "";

const program = (version: string) => `#!/bin/sh\necho "k6 v${version} (go1.26.8, linux/amd64)"\n`;
const options = (more: { sha256?: string; url?: string; path?: string } = {}) => ({
  cacheFolder: join(folder, "cache"),
  moduleFolder: MODULE,
  release: {
    name: NAME,
    url: more.url ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/k6.tar.gz`,
    sha256: more.sha256 ?? sha256,
  },
  // No Go here, unless the test puts one.
  env: { PATH: `${more.path ?? join(folder, "bin")}:/usr/bin:/bin`, HOME: folder },
  say: (text: string) => said.push(text),
});

beforeEach(async () => {
  said.length = 0;
  folder = await mkdtemp(join(tmpdir(), "banyan-k6-"));
  await mkdir(join(folder, NAME));
  await put(join(folder, NAME, "k6"), program("2.2.0"));
  execFileSync("tar", ["-czf", "k6.tar.gz", NAME], { cwd: folder });
  const archive = await readFile(join(folder, "k6.tar.gz"));
  sha256 = createHash("sha256").update(archive).digest("hex");
  server = createServer((_request, response) => response.end(archive));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

it("takes the k6 on the PATH when it is new enough", async () => {
  await put(join(folder, "bin", "k6"), program("2.3.1"));
  const k6 = await getK6(options());
  expect(k6).toEqual({ path: join(folder, "bin", "k6"), version: "2.3.1", source: "path" });
});

it("says why the k6 on the PATH is not used, downloads the pinned one, and then has it cached", async () => {
  await put(join(folder, "bin", "k6"), program("1.7.0"));
  expect(await findK6(options())).toBeNull();
  expect(await getK6(options())).toMatchObject({ version: "2.2.0", source: "release" });
  expect(said.join("\n")).toMatch(/not used: .*k6 1\.7\.0/);
  expect(await getK6(options({ url: "http://127.0.0.1:1/nobody" }))).toMatchObject({ source: "cache" });
  expect(await findK6(options())).toMatchObject({ source: "cache" });
});

it("never unpacks an archive with another checksum: it says so and builds with Go", async () => {
  await put(
    join(folder, "bin", "go"),
    `#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\nprintf '%s' '${program("2.2.0")}' >"$2"; chmod +x "$2"\n`,
  );
  const k6 = await getK6(options({ sha256: "0".repeat(64) }));
  expect(k6.source).toBe("built");
  expect(said.join("\n")).toMatch(/no download \(.*checksum/);
});

it("names every way that failed when there is no k6 to be had, and leaves nothing half-made", async () => {
  const nowhere = options();
  await new Promise((resolve) => server.close(resolve));
  await expect(getK6(nowhere)).rejects.toMatchObject({
    code: "BYN-PARTS-011",
    detail: expect.stringMatching(/release download: .*ECONNREFUSED.*Go is not installed/),
  });
  expect(await readdir(nowhere.cacheFolder)).toEqual([]);
});

it("tells what Go said when the build fails", async () => {
  await put(join(folder, "bin", "go"), "#!/bin/sh\necho 'go: no network' >&2\nexit 1\n");
  await expect(getK6(options({ url: "http://127.0.0.1:1/nobody" }))).rejects.toMatchObject({
    detail: expect.stringContaining("go build ended with 1: go: no network"),
  });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}

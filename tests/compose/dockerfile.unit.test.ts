import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { root } from "./compose-file.ts";

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

const Manifest = z.object({
  workspaces: z.array(z.string()),
  devDependencies: z.object({ node: z.string() }),
});
const manifest = Manifest.parse(JSON.parse(read("package.json")));
const dockerfile = DockerfileParser.parse(read("infra/Dockerfile"));
const instructions = dockerfile.getInstructions().map((instruction) => ({
  keyword: instruction.getKeyword(),
  words: instruction.getArgumentsContent() ?? "",
}));
const lastFrom = instructions.findLastIndex(({ keyword }) => keyword === "FROM");
const final = instructions.slice(lastFrom);

describe("our Dockerfile", () => {
  it("stands on the Node that package.json pins, by its exact tag, and on nothing else", () => {
    const bases = dockerfile.getFROMs().map((from) => from.getImage());
    expect(bases).toEqual([`node:${manifest.devDependencies.node}-bookworm-slim`, "base", "base", "base"]);
  });

  it("ends as a user who is not root, after the last file was put in", () => {
    const users = final.filter(({ keyword }) => keyword === "USER");
    expect(users.map(({ words }) => words)).toEqual(["node"]);
    const after = final
      .slice(final.findIndex(({ keyword }) => keyword === "USER"))
      .map(({ keyword }) => keyword);
    expect(after).not.toContain("COPY");
    expect(after).not.toContain("RUN");
  });

  it("has a health check, which runs a file that is put in", () => {
    const check = final.find(({ keyword }) => keyword === "HEALTHCHECK")?.words ?? "";
    expect(check).toContain('CMD ["node", "infra/healthy.mjs"]');
    expect(read("infra/Dockerfile")).toMatch(/cp -a --parents .*infra\/healthy\.mjs/);
  });

  it("installs production dependencies only, and runs no package's own script", () => {
    const installs = instructions.filter(({ words }) => words.includes("npm "));
    expect(installs).toHaveLength(1);
    expect(installs[0]?.words).toMatch(/npm install --no-save --omit=dev --ignore-scripts/);
  });

  it("copies into the last stage only what the stages before it chose", () => {
    const copies = dockerfile.getCOPYs().slice(-2);
    expect(final.filter(({ keyword }) => keyword === "COPY" || keyword === "ADD")).toHaveLength(
      copies.length,
    );
    expect(copies.map((copy) => copy.getFromFlag()?.getValue())).toEqual(["dependencies", "source"]);
  });
});

describe(".dockerignore", () => {
  const lines = read(".dockerignore").split("\n");
  const let_in = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));

  it("lets in nothing that is not named, and names nothing that is not there", () => {
    expect(lines.find((line) => line !== "" && !line.startsWith("#"))).toBe("*");
    expect(let_in.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("lets in the manifest of every workspace, or the lock file would not fit", () => {
    const folders = manifest.workspaces.map((workspace) => workspace.replace("/*", ""));
    const has = (folder: string) => let_in.includes(folder) || let_in.includes(`${folder}/package.json`);
    expect(folders.filter((folder) => !has(folder))).toEqual([]);
  });

  it("keeps installed packages and tests out", () => {
    expect(lines).toEqual(expect.arrayContaining(["**/node_modules", "**/*.test.ts", "**/*.fixture.ts"]));
  });
});

describe("the health check of our images", () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function healthOf(
    status: number | "closed",
    argument: (port: number) => string[],
  ): Promise<number | null> {
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/livez" || request.url === "/readyz" ? Number(status) : 404;
      response.end("words");
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    if (status === "closed") await new Promise((resolve) => server.close(resolve));
    const child = spawn(process.execPath, [join(root, "infra/healthy.mjs"), ...argument(port)], {
      env: { PORT: String(port) },
      stdio: "ignore",
    });
    const [code] = await once(child, "exit");
    return code;
  }

  it.each([
    [
      "ends with 0 when the address answers well",
      200,
      (port: number) => [`http://127.0.0.1:${port}/readyz`],
      0,
    ],
    [
      "ends with 1 when the address answers 503",
      503,
      (port: number) => [`http://127.0.0.1:${port}/readyz`],
      1,
    ],
    [
      "ends with 1 when nobody listens",
      "closed" as const,
      (port: number) => [`http://127.0.0.1:${port}/readyz`],
      1,
    ],
    ["asks the process's own port whether it lives, when it is given no address", 200, () => [], 0],
  ])("%s", async (_title, status, argument, expected) => {
    expect(await healthOf(status, argument)).toBe(expected);
  });
});

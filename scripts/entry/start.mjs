// The first thing that `npm run …` starts, on whatever Node the machine has (18 or later): plain JavaScript without
// dependencies. It installs what package-lock.json pins, then hands over to the pinned Node.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const pinned = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
const binary = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.exe" : "node");
const marker = join(root, "node_modules", ".banyan-installed");

const [target, ...args] = process.argv.slice(2);
if (target === undefined) fail("usage: node scripts/entry/start.mjs FILE [ARGUMENTS]", 2);

install();
await keepWhatIsCompiled();
process.argv.splice(1, 2, join(root, target));
if (process.version === `v${pinned}`) await import(pathToFileURL(join(root, target)).href);
else handOver();

function install() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const has = existsSync(marker) ? readFileSync(marker, "utf8") : "";
  if (has === wanted && existsSync(binary)) return;
  say(`installing npm packages and Node ${pinned} (once; about half a minute) …`);
  // Not `npm ci`: it refuses a lock file that lacks a package of another platform, and a registry mirror that does not
  // serve every platform makes such lock files. What the lock file pins is installed all the same, and it is not written.
  const from = isRegistryThere() ? [] : ["--offline"];
  if (from.length > 0) say("the npm registry does not answer; trying with npm's cache alone …");
  const npm = runNpm(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", ...from], 2);
  if (npm.status !== 0) {
    fail(
      "BYN-PARTS-090 npm could not install the packages: see its message above; is the npm registry reachable?",
      5,
    );
  }
  const version = spawnSync(binary, ["--version"], { encoding: "utf8" });
  if (version.stdout?.trim() !== `v${pinned}`) {
    fail(
      `BYN-PARTS-091 the pinned Node ${pinned} does not start here: ${version.stderr ?? version.error}`,
      5,
    );
  }
  writeFileSync(marker, wanted);
}

// What Node makes of our TypeScript is kept, for this process and all that it starts: else each would load the compiler
// first, which takes it a second and 27 MB. Older Nodes, which only hand over, don't have it.
async function keepWhatIsCompiled() {
  process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
}

// Without a network npm would try each package again and again, silently, for more than five minutes.
function isRegistryThere() {
  const asked = ["view", `node@${pinned}`, "version", "--fetch-retries=2", "--fetch-retry-mintimeout=500"];
  return runNpm([...asked, "--fetch-retry-maxtimeout=2000", "--loglevel=silent"], "ignore").status === 0;
}

function runNpm(npmArguments, output) {
  return spawnSync("npm", npmArguments, {
    cwd: root,
    stdio: ["ignore", output, output],
    // Of a dependency's dependency: it would tell its makers of each install.
    env: { ...process.env, SCARF_ANALYTICS: "false" },
    shell: process.platform === "win32",
  });
}

// A terminal sends Ctrl-C to the whole group, `kill` only to us: pass on what the child can't have seen.
function handOver() {
  const child = spawn(binary, [join(root, target), ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${dirname(binary)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`,
    },
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  process.on("SIGINT", () => {});
  child.on("error", (error) => fail(`BYN-PARTS-091 ${error.message}`, 5));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function say(text) {
  process.stderr.write(`banyan: ${text}\n`);
}

function fail(text, code) {
  say(text);
  process.exit(code);
}

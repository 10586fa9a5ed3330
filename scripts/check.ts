// `npm run check`: every gate, one after another; `npm test` is the same after it has fetched the real parts.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const root = join(import.meta.dirname, "..");

/** What vitest's own JSON report says, as far as it is read here. */
const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  numFailedTestSuites: z.int(),
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const gates: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["biome (lint and format)", "biome", "check", "--error-on-warnings", "."],
  ["tsc (types)", "tsc", "-p", "."],
  ["tsc (k6 scenarios)", "tsc", "-p", "loadtests/k6"],
  [
    "dependency-cruiser (who may import whom)",
    "depcruise",
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "err",
    ".",
  ],
  ["knip (nothing unused)", "knip"],
];

/** Runs the gates and the tests; prints `N passed, N failed` last and answers true when nothing failed. */
export async function check(
  vitestArgs: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<boolean> {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command, ...args] of gates) {
    console.log(`\n== ${name}`);
    const code = await run(command, args, {});
    if (code === 0) count.passed++;
    else count.failed++;
    console.log(code === 0 ? "   ok" : `   failed (exit ${code})`);
  }
  console.log("\n== vitest");
  add(count, await vitestCount(root, vitestArgs, environment));
  console.log(
    `\n${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`,
  );
  return count.failed === 0;
}

/** Counts from vitest's report. A run without a report, or a file that did not even load, is a failure. */
export async function vitestCount(
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Count> {
  const reportFile = join(folder, ".banyan", "test", "vitest.json");
  mkdirSync(join(reportFile, ".."), { recursive: true });
  rmSync(reportFile, { force: true });
  const code = await run(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`, ...args],
    environment,
    folder,
  );
  let report: z.output<typeof VitestReport>;
  try {
    report = VitestReport.parse(JSON.parse(readFileSync(reportFile, "utf8")));
  } catch (error) {
    console.log(`vitest left no readable report (exit ${code}): ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    // vitest may also fail for an error outside every test: then the exit code is all that tells.
    failed: failed === 0 && (code !== 0 || !report.success || report.numPassedTests === 0) ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function add(to: Count, more: Count): void {
  to.passed += more.passed;
  to.failed += more.failed;
  to.skipped += more.skipped;
}

function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd = root,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(join(root, "node_modules", ".bin", command), args, {
      cwd,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environment },
    });
    child.on("error", (error) => {
      console.log(error.message);
      resolve(127);
    });
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await check(process.argv.slice(2))) ? 0 : 1;

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const LOG = new URL("./log.ts", import.meta.url).href;
const LINES = 2_000;

/** The lines on standard output of a process that logs and ends in this way. */
async function linesOf(ending: string): Promise<{ readonly i?: number; readonly msg: string }[]> {
  const script = `
    import { createLog } from ${JSON.stringify(LOG)};
    const log = createLog("sample");
    for (let i = 0; i < ${LINES}; i++) log.info({ i }, "request");
    ${ending}`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    maxBuffer: 10_000_000,
  });
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test.each([
  ["ends because nothing is left to do", 'log.info("last");'],
  ["ends a little later", 'setTimeout(() => log.info("last"), 20);'],
  ["ends while the last lines are still gathered", 'setTimeout(() => log.info("last"), 250);'],
  ["exits at once", 'log.info("last"); process.exit();'],
  ["exits because of an error", 'log.fatal("last"); process.exit(1);'],
])("no line is lost when a process %s", async (_way, ending) => {
  const lines = await linesOf(ending);
  expect(lines.map(({ i }) => i)).toEqual([...Array(LINES).keys(), undefined]);
  expect(lines.at(-1)?.msg).toBe("last");
});

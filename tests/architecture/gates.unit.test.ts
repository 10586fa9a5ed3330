import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { plantHouse, root, runTool } from "./plant.ts";

const houses: string[] = [];
afterEach(() => {
  for (const house of houses.splice(0)) rmSync(house, { recursive: true, force: true });
});

function plant(files: Record<string, string>): string {
  const house = plantHouse(files);
  houses.push(house);
  return house;
}

describe("the lint gate", { timeout: 60_000 }, () => {
  it.each([
    [
      "noFloatingPromises",
      "async function work(): Promise<void> {}\nexport function go(): void {\n  work();\n}\n",
    ],
    ["noExplicitAny", "export const value: any = 1;\n"],
    ["noNonNullAssertion", "export const first = (list: string[]): string => list[0]!;\n"],
    ["noEnum", "export enum Side {\n  A = 1,\n}\n"],
    ["noBarrelFile", 'export * from "./other.ts";\n'],
    ["useNodejsImportProtocol", 'import { join } from "path";\n\nexport const path = join("a", "b");\n'],
    ["noParameterAssign", "export function one(a: number): number {\n  a = 1;\n  return a;\n}\n"],
    ["format", "export const a   = 1\n"],
  ])("catches planted %s", (rule, text) => {
    const house = plant({ "platform/planted.ts": text, "platform/other.ts": "export const other = 1;\n" });
    // The planted house is no git working copy: only that setting is put aside.
    const { code, output } = runTool(
      house,
      "biome",
      "check",
      "--vcs-enabled=false",
      "--error-on-warnings",
      "platform",
    );
    expect(output).toContain(rule);
    expect(code).not.toBe(0);
  });
});

describe("the type gate", { timeout: 60_000 }, () => {
  it.each([
    ["TS1294", "export class A {\n  constructor(readonly b: number) {}\n}\n"],
    ["TS2322", "export const list: string = ([] as string[])[0];\n"],
    ["TS1484", 'import { Side } from "./other.ts";\n\nexport type Mine = Side;\n'],
  ])("catches planted %s", (code, text) => {
    const house = plant({ "platform/planted.ts": text, "platform/other.ts": "export type Side = 1;\n" });
    const done = runTool(house, "tsc", "-p", ".");
    expect(done.output).toContain(code);
    expect(done.code).not.toBe(0);
  });
});

describe("the unused-code gate", { timeout: 60_000 }, () => {
  it("catches a planted file that nobody imports and a planted export that nobody uses", () => {
    const house = plant({
      "scripts/package.json": JSON.stringify({ name: "@banyan/scripts", version: "0.0.0", type: "module" }),
      "scripts/main.ts": 'import { used } from "./parts/lib.ts";\n\nconsole.log(used);\n',
      "scripts/parts/lib.ts": "export const used = 1;\nexport const nobodyWantsMe = 2;\n",
      "scripts/parts/lonely.ts": "export const lonely = 1;\n",
    });
    const { code, output } = runTool(house, "knip", "--include", "files,exports");
    expect(output).toContain("lonely.ts");
    expect(output).toContain("nobodyWantsMe");
    expect(code).not.toBe(0);
  });
});

describe("the test gate", { timeout: 60_000 }, () => {
  it.each([
    ["a failing test", 'it("is red", () => expect(1).toBe(2));\n', "1 failed"],
    ["a file that does not load", 'import "./missing.ts";\nit("never runs", () => {});\n', "1 failed"],
    ["no test at all", "export {};\n", "1 failed"],
  ])("counts %s as failed, from vitest's own report", (_what, body, expected) => {
    const house = plant({
      "planted.unit.test.ts": `import { expect, it } from "vitest";\n\nvoid expect;\nvoid it;\n${body}`,
      "vitest.config.mjs": 'export default { test: { include: ["*.unit.test.ts"] } };\n',
    });
    mkdirSync(join(house, "scripts"));
    for (const name of ["vitest", "zod", ".bin"]) {
      symlinkSync(join(root, "node_modules", name), join(house, "node_modules", name));
    }
    symlinkSync(join(root, "scripts", "check.ts"), join(house, "scripts", "check.ts"));
    writeFileSync(
      join(house, "only-vitest.mjs"),
      'import { vitestCount } from "./scripts/check.ts";\nconst c = await vitestCount(process.cwd(), []);\nconsole.log(c.passed + " passed, " + c.failed + " failed");\n',
    );
    const { output } = runTool(house, "node", "--preserve-symlinks", "only-vitest.mjs");
    expect(output).toContain(expected);
  });
});

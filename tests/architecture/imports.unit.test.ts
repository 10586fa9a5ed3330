import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { plantHouse, runTool } from "./plant.ts";

const houses: string[] = [];
afterEach(() => {
  for (const house of houses.splice(0)) rmSync(house, { recursive: true, force: true });
});

function cruise(files: Record<string, string>): { code: number; output: string } {
  const house = plantHouse(files);
  houses.push(house);
  return runTool(house, "depcruise", "--config", ".dependency-cruiser.cjs", "--output-type", "err", ".");
}

const value = "export const value = 1;\n";
const uses = (from: string) => `export { value as used } from "${from}";\n`;

describe("imports run one way only", { timeout: 60_000 }, () => {
  it("lets the allowed direction pass, by package name and by relative path", () => {
    const { code, output } = cruise({
      "contracts/a.ts": value,
      "evidence/b.ts": uses("@banyan/contracts/a.ts"),
      "platform/c.ts": uses("../evidence/b.ts"),
      "shop/d.ts": uses("@banyan/contracts/a.ts"),
      "shop/e.ts": uses("@banyan/platform/c.ts"),
      "monolith/f.ts": uses("@banyan/shop/d.ts"),
      "extracted/catalog/g.ts": uses("@banyan/shop/e.ts"),
    });
    expect(output).toContain("no dependency violations");
    expect(code).toBe(0);
  });

  it.each([
    ["contracts-imports-one-way", "contracts/a.ts", "@banyan/evidence/b.ts", "evidence/b.ts"],
    ["evidence-imports-one-way", "evidence/a.ts", "@banyan/platform/b.ts", "platform/b.ts"],
    ["platform-imports-one-way", "platform/a.ts", "../proxy/b.ts", "proxy/b.ts"],
    ["contracts-imports-one-way", "contracts/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["platform-imports-one-way", "platform/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["shop-imports-one-way", "shop/a.ts", "../monolith/b.ts", "monolith/b.ts"],
    ["shop-imports-one-way", "shop/a.ts", "@banyan/catalog/b.ts", "extracted/catalog/b.ts"],
    ["shop-imports-one-way", "shop/a.ts", "@banyan/evidence/b.ts", "evidence/b.ts"],
    ["shop-imports-one-way", "shop/a.ts", "../controller/b.ts", "controller/b.ts"],
    ["monolith-imports-one-way", "monolith/a.ts", "@banyan/catalog/b.ts", "extracted/catalog/b.ts"],
    ["extracted-imports-one-way", "extracted/catalog/a.ts", "../../monolith/b.ts", "monolith/b.ts"],
    ["proxy-imports-one-way", "proxy/a.ts", "../monolith/b.ts", "monolith/b.ts"],
    ["proxy-imports-one-way", "proxy/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["controller-imports-one-way", "controller/a.ts", "../proxy/b.ts", "proxy/b.ts"],
    ["controller-imports-one-way", "controller/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["outside-imports-one-way", "outside/a.ts", "../monolith/b.ts", "monolith/b.ts"],
    ["outside-is-reached-over-the-network", "monolith/a.ts", "../outside/b.ts", "outside/b.ts"],
    ["outside-is-reached-over-the-network", "shop/a.ts", "../outside/b.ts", "outside/b.ts"],
    ["outside-imports-one-way", "outside/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["loadtests-imports-one-way", "loadtests/a.ts", "@banyan/platform/b.ts", "platform/b.ts"],
    ["loadtests-imports-one-way", "loadtests/a.ts", "@banyan/shop/b.ts", "shop/b.ts"],
    ["extracted-sides-are-strangers", "extracted/orders/a.ts", "../catalog/b.ts", "extracted/catalog/b.ts"],
    ["both-sides-only-in-hosts", "scripts/a.ts", "../monolith/app.ts", "monolith/app.ts"],
    ["no-tests-in-production", "platform/a.ts", "./b.unit.test.ts", "platform/b.unit.test.ts"],
    ["nothing-unresolvable", "platform/a.ts", "@banyan/contracts/missing.ts", "contracts/b.ts"],
  ])("catches a planted violation of %s: %s imports %s", (rule, importer, specifier, imported) => {
    const { code, output } = cruise({ [importer]: uses(specifier), [imported]: value });
    expect(output).toContain(rule);
    expect(code).not.toBe(0);
  });

  it("catches a planted circle", () => {
    const { code, output } = cruise({
      "platform/a.ts": `import { b } from "./b.ts";\nexport const a = () => b;\n`,
      "platform/b.ts": `import { a } from "./a.ts";\nexport const b = () => a;\n`,
    });
    expect(output).toContain("no-circles");
    expect(code).not.toBe(0);
  });

  it("catches I/O planted in contracts or evidence", () => {
    const read = `import { readFileSync } from "node:fs";\nexport const text = readFileSync("x", "utf8");\n`;
    const { code, output } = cruise({ "contracts/a.ts": read, "evidence/b.ts": read });
    expect(output.match(/contracts-and-evidence-do-no-io/g)?.length).toBeGreaterThanOrEqual(2);
    expect(code).not.toBe(0);
  });

  it("lets a fixture start what stands in for another company", () => {
    const { code } = cruise({ "monolith/shop.fixture.ts": uses("../outside/b.ts"), "outside/b.ts": value });
    expect(code).toBe(0);
  });

  it("lets a host, and only a host, put both sides into one process", () => {
    const { code } = cruise({
      "monolith/app.ts": value,
      "extracted/catalog/app.ts": value,
      "scripts/hosts/both.ts": `${uses("../../monolith/app.ts")}export { value as other } from "@banyan/catalog/app.ts";\n`,
    });
    expect(code).toBe(0);
  });
});

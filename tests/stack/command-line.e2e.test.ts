import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { acquireLock } from "@banyan/platform/records/file-lock.ts";
import { listProcesses } from "@banyan/scripts/stack/process.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sealImagined } from "./sealed.ts";
import { ROOT, run, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(async () => {
  await stack.remove();
});

const alive = async () =>
  (await listProcesses(stack.home)).filter(({ running }) => running).map(({ name }) => name);

describe("the command line on a stack of its own", () => {
  it("refuses before anything is up, with a code and exit 6", async () => {
    const { code, out } = await stack.banyan(["plan", "catalog"]);
    expect(code).toBe(6);
    expect(out).toContain("BYN-CLI-005");
  });

  it("says what is wrong with the words themselves, with exit 2", async () => {
    for (const args of [
      ["climb"],
      ["next"],
      ["up", "--port-base", "x"],
      ["up", "--plant", "weeds"],
      ["up", "--port-base", "80"],
    ]) {
      expect((await stack.banyan(args)).code, args.join(" ")).toBe(2);
    }
  });

  it("names a taken port before anything starts", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(stack.portBase, "127.0.0.1", resolve));
    try {
      const { code, out } = await stack.banyan(["up", "--port-base", String(stack.portBase)]);
      expect(code).toBe(5);
      expect(out).toContain("BYN-PARTS-005");
      expect(out).toContain(String(stack.portBase));
      expect(await alive()).toEqual([]);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it("starts the whole stack from there, and starting it again changes nothing", async () => {
    const first = await stack.json(["up", "--port-base", String(stack.portBase)]);
    expect(first.code).toBe(0);
    const before = await listProcesses(stack.home);
    expect(before.map(({ name }) => name)).toEqual([
      "card-processor",
      "catalog",
      "catalog-worker",
      "mail-sink",
      "monolith",
      "postgres",
      "proxy",
      "unleash",
    ]);
    expect((await stack.json(["up"])).code).toBe(0);
    expect((await listProcesses(stack.home)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  });

  it("answers through the proxy from the monolith, and says so", async () => {
    const response = await fetch(`${stack.proxy}/api/categories`);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-banyan-side")).toBe("monolith");
  });

  it("shows a request's whole way by its id: through the proxy, and at the side that answered", async () => {
    const response = await fetch(`${stack.proxy}/search?q=lamp`);
    const id = response.headers.get("x-request-id") ?? "";
    // Lines are gathered for a moment before they are written.
    await expect
      .poll(() => waysOf(id), { timeout: 20_000 })
      .toEqual([
        "monolith GET /api/categories",
        "monolith GET /api/products",
        "monolith GET /search",
        "proxy GET /search",
      ]);
  });

  async function waysOf(id: string): Promise<string[]> {
    const { out } = await stack.banyan(["logs", "--request-id", id, "--json"]);
    const lines = out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return [...new Set(lines.map(({ name, method, path }) => `${name} ${method} ${path}`))].sort();
  }

  it("says where the ladder stands, and what is missing for its first step", async () => {
    const { code, data } = await stack.json(["plan", "catalog"]);
    expect(code).toBe(0);
    expect(data).toMatchObject({
      percentage: 0,
      provedPercentage: 0,
      unproved: false,
      next: "catalog façade",
    });
    const refused = await stack.json(["next", "catalog"]);
    expect(refused.code).toBe(6);
    expect(refused.data).toMatchObject({
      error: { code: "BYN-CLI-007", detail: expect.stringContaining("load: not taken yet") },
    });
  });

  it("knows only the capabilities of banyan.yaml", async () => {
    const { code, data } = await stack.json(["plan", "carts"]);
    expect(code).toBe(2);
    expect(data).toMatchObject({
      error: { code: "BYN-CLI-006", detail: expect.stringContaining("catalog") },
    });
  });

  it("fills the copy, reconciles it to zero, and filling it again does nothing", async () => {
    const filled = await stack.json(["sync", "catalog"]);
    expect(filled).toMatchObject({ code: 0, data: { filled: 100, rows: 5_000, aborted: false } });
    expect(await stack.json(["reconcile", "catalog"])).toMatchObject({
      code: 0,
      data: { zero: true, equal: 100 },
    });
    expect(await stack.json(["sync", "catalog"])).toMatchObject({
      code: 0,
      data: { slotsTotal: 0, filled: 0 },
    });
  });

  it("lets only one of two steps at once through, and names the other", async () => {
    let second: Promise<{ code: number | null; out: string }> | undefined;
    const first = await stack.banyan(["prove", "catalog"], {
      onText: {
        text: "taking load evidence",
        act: (pid) => {
          second = stack.banyan(["prove", "catalog"]).finally(() => process.kill(pid, "SIGINT"));
        },
      },
    });
    const refused = await second;
    expect(refused?.code).toBe(6);
    expect(refused?.out).toContain("BYN-CLI-004");
    expect(refused?.out).toContain("banyan prove catalog");
    expect(first.code).toBe(130);
  });

  it.each(["03-orders", "demo"])("lets no %s begin beside another walk, and names that", async (script) => {
    await using _walk = await acquireLock(join(stack.home, "walk.lock"), { purpose: "a walk of the test" });
    const env = { ...process.env, BANYAN_HOME: stack.home };
    const { code, out, err } = await run([`scripts/${script}.ts`], env);
    expect([code, out + err]).toEqual([6, expect.stringMatching(/BYN-CLI-004.*a walk of the test/s)]);
  });

  it("leaves the flag where it was, no bundle, no entry and no k6 when it was interrupted", async () => {
    expect(existsSync(join(stack.home, "ledger.jsonl"))).toBe(false);
    const { data } = await stack.json(["status"]);
    const off = { stage: "off", percentage: null, owning: null };
    expect(data).toMatchObject({
      capabilities: [
        { capability: "catalog", percentage: 0, provedPercentage: 0 },
        { capability: "orders", ...off },
        { capability: "inventory", ...off },
      ],
    });
    const report = await stack.json(["report"]);
    expect(report).toMatchObject({ code: 0, data: { entries: 0, problems: 0 } });
  });

  it("takes no step on evidence that was edited or is gone, and takes it when it is as it was sealed", async () => {
    const folder = await sealImagined(stack.home, { name: "facade", kind: "load" }, "with its entry");
    const file = join(folder, "bundle.json");
    const sealed = readFileSync(file, "utf8");
    chmodSync(file, 0o644);
    writeFileSync(file, sealed.replace("Example CPU", "Another CPU"));
    const refused = await stack.banyan(["next", "catalog"]);
    expect([refused.code, refused.out + refused.err]).toEqual([
      6,
      expect.stringContaining("BYN-EVIDENCE-026"),
    ]);
    renameSync(folder, `${folder}.away`);
    const gone = await stack.banyan(["next", "catalog"]);
    expect([gone.code, gone.out + gone.err]).toEqual([6, expect.stringContaining("BYN-EVIDENCE-024")]);
    renameSync(`${folder}.away`, folder);
    writeFileSync(file, sealed);
    expect((await stack.json(["next", "catalog"])).code).toBe(0);
  });

  it("loses no verdict to a crash between the sealing of a bundle and its line in the ledger", async () => {
    await sealImagined(stack.home, { name: "sync", kind: "data", ratio: 1.5 }, "without its entry");
    expect(await stack.json(["report"])).toMatchObject({ code: 1, data: { problems: 1 } });
    const { code, out, err } = await stack.banyan(["next", "catalog"]);
    expect([code, out + err]).toEqual([6, expect.stringContaining("data: failed at this commit")]);
    expect(await stack.json(["report"])).toMatchObject({ code: 0, data: { problems: 0 } });
  });

  it("rolls back beside a step that holds the lock, and with a lock that can't be written", async () => {
    const lock = join(stack.home, "step.lock");
    const held = await acquireLock(lock, { purpose: "a step of the test" });
    const beside = await stack.banyan(["rollback", "catalog", "--why", "a test"]);
    await held.release();
    expect([beside.code, beside.out + beside.err]).toEqual([
      0,
      expect.stringContaining("a step of the test"),
    ]);
    mkdirSync(lock);
    const broken = await stack.banyan(["rollback", "catalog", "--why", "a test"]);
    rmSync(lock, { recursive: true });
    expect([broken.code, broken.out + broken.err]).toEqual([
      0,
      expect.stringContaining("goes on all the same"),
    ]);
  });

  it("says so when Postgres is killed under a step, and comes back with everything by `up`", async () => {
    const postgres = (await listProcesses(stack.home)).find(({ name }) => name === "postgres");
    process.kill(postgres?.pid ?? 0, "SIGKILL");
    const { code, out } = await stack.banyan(["reconcile", "catalog"]);
    expect(code).toBe(5);
    expect(out).toMatch(/BYN-DATA-\d{3}/);
    expect((await stack.json(["up"])).code).toBe(0);
    expect(await stack.json(["reconcile", "catalog"])).toMatchObject({ code: 0, data: { zero: true } });
  });

  it("stops everything by its own process id, and stopping it again is no error", async () => {
    expect(await stack.json(["down"])).toMatchObject({ code: 0 });
    expect(await alive()).toEqual([]);
    expect(await stack.json(["down"])).toMatchObject({ code: 0, data: { stopped: [] } });
  });
});

describe("a broken banyan.yaml", () => {
  it("stops `proxy` and names every mistake with its place", async () => {
    const folder = join(stack.home, "broken");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "banyan.yaml");
    const text = readFileSync(join(ROOT, "banyan.yaml"), "utf8");
    writeFileSync(
      file,
      text
        .replace("ladder: [1, 10, 50, 100]", "ladder: [10, 1]\n    colour: green")
        .replace("upstream: catalog", "upstream: nowhere"),
    );
    const { code, err } = await run(["proxy/main.ts", "--config", file], {
      ...process.env,
      UNLEASH_BACKEND_TOKEN: "t",
    });
    expect(code).toBe(2);
    for (const words of ["BYN-CONFIG-003", "ladder", "colour", "nowhere"]) expect(err).toContain(words);
    rmSync(folder, { recursive: true });
  });
});

import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Protocol, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseIgnore } from "../corpus/canonical.ts";
import { runDuet } from "./duet.ts";
import type { DuetIo, DuetOptions } from "./options.ts";
import type { ProgressEvent } from "./progress.ts";
import { type Behaviour, type FixtureSide, startSide } from "./side.fixture.ts";

// The test command says where k6 is; it never fetches one by itself.
const k6Path = process.env.BANYAN_K6 ?? "";

/** Only long enough to see the instrument work; nothing here asserts that a load run passes. */
const TINY: Protocol = { ...QUICK, blockMs: 500, warmUpMs: 500, looksMs: [1_500, 3_000] };
const RATE = 100;
const SECRETS = ["secret-of-arm-a-0123456789", "secret-of-arm-b-0123456789", "secret-of-a-user-0123456789"];

const plain: Behaviour = (path) => ({ value: { path, at: { n: 1 } } });

let folder: string;
let a: FixtureSide;
let b: FixtureSide;
let locks: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-duet-"));
  a = await startSide(plain);
  b = await startSide(plain);
  locks = [];
});

afterEach(async () => {
  a.kill();
  b.kill();
  await rm(folder, { recursive: true, force: true });
  expect(locks.filter((event) => event === "taken")).toHaveLength(locks.length / 2);
});

const io = (path = k6Path): DuetIo => ({
  k6Path: path,
  folder,
  takeLoadLock: async () => {
    locks.push("taken");
    return { [Symbol.asyncDispose]: async () => void locks.push("released") };
  },
});

const options = (change: Partial<DuetOptions> = {}): DuetOptions => ({
  a: { url: a.url, headers: { "x-secret": SECRETS[0] ?? "" } },
  b: { url: b.url, headers: { "x-secret": SECRETS[1] ?? "" } },
  corpus: Array.from({ length: 20 }, (_, i) => ({
    path: `/${i}`,
    route: i % 2 ? "GET /odd" : "GET /even",
    weight: 1,
  })),
  ignores: [],
  ratePerSecond: RATE,
  protocol: TINY,
  seed: 3,
  allowedHosts: [],
  requestTimeoutMs: 1_000,
  ...change,
});

/** Calls `act` once, when the run has come to the phase. */
function when(phase: ProgressEvent["phase"], act: () => void): (event: ProgressEvent) => void {
  let done = false;
  return (event) => {
    if (done || event.phase !== phase) return;
    done = true;
    act();
  };
}

const k6sOfThisRun = () =>
  execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("loadtests/k6/duet.ts"));

describe.skipIf(k6Path === "")("with k6 (skipped where BANYAN_K6 names none)", () => {
  test("samples arrive, both arms are balanced, and what is stored holds no header", async () => {
    const phases = new Set<string>();
    let commandLines: string[] = [];
    const watch = when("duet", () => {
      commandLines = k6sOfThisRun();
    });
    const background = {
      url: a.url,
      ratePerSecond: 20,
      users: [{ headers: { "x-secret": SECRETS[2] ?? "" } }],
    };
    const onProgress = (event: ProgressEvent) => {
      phases.add(event.phase);
      watch(event);
    };
    const result = await runDuet(options({ background, onProgress }), io());

    const { samples, plan, droppedIterations } = result.observation;
    const duet = samples.filter((sample) => sample.phase === "duet");
    const ofA = duet.filter((sample) => sample.arm === "a").length;
    const planned = (RATE * (result.verdict.look === 1 ? 1_000 : 2_000)) / 1_000;
    expect(duet.length).toBeGreaterThanOrEqual(planned - droppedIterations);
    expect(Math.abs(2 * ofA - duet.length)).toBeLessThanOrEqual(2);
    expect(samples.filter((sample) => sample.phase === "solo").every((sample) => sample.arm === "a")).toBe(
      true,
    );
    expect(samples.every((sample) => sample.ok && sample.latencyMs > 0)).toBe(true);
    expect(new Set(samples.map((sample) => sample.route))).toEqual(new Set(["GET /even", "GET /odd"]));
    expect(plan.endMs).toBe(3_500);
    expect(result.verdict.verdict).toBe("inconclusive");
    expect(result.background.sent).toBeGreaterThan(0);
    expect(result.background.wrong).toBe(0);
    expect([...phases]).toEqual(["waiting", "recording", "warm-up", "solo", "duet", "judged"]);

    expect(a.secrets).toEqual(new Set([SECRETS[0], SECRETS[2]]));
    expect(b.secrets).toEqual(new Set([SECRETS[1]]));
    expect(result.files.map(({ name }) => name).sort()).toEqual((await readdir(folder)).sort());
    const raw = gunzipSync(await readFile(join(folder, "samples.csv.gz"))).toString();
    const stored = [
      raw,
      await readFile(join(folder, "corpus.json"), "utf8"),
      await readFile(join(folder, "k6.log"), "utf8"),
    ];
    expect(raw.split("\n").filter((line) => line.startsWith("banyan_answered,"))).toHaveLength(
      samples.length,
    );
    expect(commandLines).toHaveLength(1);
    for (const secret of SECRETS) expect([...stored, ...commandLines].join("\n")).not.toContain(secret);
    expect(k6sOfThisRun()).toEqual([]);
  });

  test("fast wrong content of arm b is counted and ends the run as a failure", async () => {
    b.behave = (path) => ({ value: { path, at: { n: path === "/3" ? 2 : 1 } } });
    const result = await runDuet(options({ protocol: { ...TINY, looksMs: [20_000, 40_000] } }), io());
    expect(result.verdict).toMatchObject({ verdict: "fail", errors: { aborted: true, a: { bad: 0 } } });
    expect(result.wrong.counts).toEqual({ a: {}, b: { content: expect.any(Number) } });
    expect(result.wrong.examples[0]).toEqual({ arm: "b", path: "/3", wrong: "content" });
  });

  test("members in another order and declared ignores are no errors", async () => {
    let n = 0;
    b.behave = (path) => ({ value: { at: { n: n++ }, path } });
    const result = await runDuet(options({ ignores: [parseIgnore("at.n") ?? []] }), io());
    expect(result.wrong.counts).toEqual({ a: {}, b: {} });
  });

  test("answers that another side served make the run inconclusive at once", async () => {
    b.behave = (path) => ({ ...plain(path), headers: { "x-banyan-side": "monolith" } });
    const armB = { ...options().b, expectedSide: "extracted" };
    const protocol = { ...TINY, looksMs: [20_000, 40_000] };
    const { verdict } = await runDuet(options({ b: armB, protocol }), io());
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.instrument.find(({ name }) => name === "wrong-side")?.ok).toBe(false);
  });

  test("an abort stops k6 and leaves no file", async () => {
    const abort = new AbortController();
    const onProgress = when("solo", () => abort.abort());
    const run = runDuet(options({ signal: abort.signal, onProgress }), io());
    await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-061" });
    expect(await readdir(folder)).toEqual([]);
    expect(k6sOfThisRun()).toEqual([]);
  });

  test("an arm b that dies in the run is a failure, an arm a that dies is an error", async () => {
    const protocol = { ...TINY, looksMs: [20_000, 40_000] };
    const { verdict } = await runDuet(options({ protocol, onProgress: when("duet", () => b.kill()) }), io());
    expect(verdict).toMatchObject({ verdict: "fail", errors: { aborted: true } });
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), "banyan-duet-"));
    b = await startSide(plain);
    const run = runDuet(options({ protocol, onProgress: when("solo", () => a.kill()) }), io());
    await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-063" });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("without a load", () => {
  const fakeK6 = async (text: string) => {
    const path = join(folder, "fake-k6");
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    return path;
  };

  test.each([
    ["ends with an error", "echo told why >&2; exit 107", "BYN-EVIDENCE-059", ["fake-k6", "k6.log"]],
    ["is killed", "kill -9 $$", "BYN-EVIDENCE-059", ["fake-k6", "k6.log"]],
    ["ends without having asked anything", "exit 0", "BYN-EVIDENCE-059", ["fake-k6", "k6.log"]],
    ["ends by a threshold", "exit 99", "BYN-EVIDENCE-064", ["fake-k6", "k6.log"]],
    ["writes something else", "echo hello; exec sleep 30", "BYN-EVIDENCE-060", ["fake-k6"]],
  ])("a k6 that %s is told by its code", async (_what, text, code, left) => {
    const run = runDuet(options(), io(await fakeK6(text)));
    await expect(run).rejects.toMatchObject({ code });
    expect((await readdir(folder)).sort()).toEqual(left);
  });

  test("a k6 that is not there is told, and nothing is left", async () => {
    const run = runDuet(options(), io(join(folder, "none")));
    await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-058" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("a target that refuses connections is told before k6 is started", async () => {
    b.kill();
    await expect(runDuet(options(), io(join(folder, "none")))).rejects.toMatchObject({
      code: "BYN-EVIDENCE-054",
    });
  });

  test("a target that nobody named is asked nothing", async () => {
    const elsewhere = { url: "http://192.0.2.1:80", headers: {} };
    const run = runDuet(options({ b: elsewhere }), io(join(folder, "none")));
    await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-052" });
    expect(a.secrets.size).toBe(0);
  });

  test("every wrong option is named, and no value of a header", async () => {
    const wrong = options({
      ratePerSecond: 0.5,
      corpus: [],
      a: { url: a.url, headers: { "x-s": "hidden\n" } },
    });
    const run = runDuet(wrong, io());
    await expect(run).rejects.toMatchObject({
      code: "BYN-EVIDENCE-062",
      mistakes: [{ place: "rate" }, { place: "corpus" }, { place: 'a.headers."x-s"' }],
    });
    await expect(run).rejects.not.toThrow("hidden");
  });

  test("more headers than k6's environment can hold are refused", async () => {
    const users = Array.from({ length: 500 }, () => ({ headers: { "x-secret": "x".repeat(300) } }));
    const run = runDuet(options({ background: { url: a.url, ratePerSecond: 10, users } }), io());
    await expect(run).rejects.toMatchObject({ code: "BYN-EVIDENCE-065" });
    expect(await readdir(folder)).toEqual([]);
  });
});

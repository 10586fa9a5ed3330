import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { NewEntry } from "@banyan/evidence/ledger/entry.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendToLedger, readLedger, requireWhole } from "./ledger-file.ts";

/** Conditions come soon on a quiet machine; a busy one may take its time. */
const PATIENCE_MS = 30_000;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-ledger-"));
  path = join(folder, "ledger.jsonl");
});
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

const note = (words: string): NewEntry => ({
  at: "2026-11-22T16:00:00.000Z",
  kind: "note",
  body: { capability: null, text: words },
});

function appending(name: string, count: number): { child: ChildProcess; said: Promise<string> } {
  const script = join(import.meta.dirname, "appending.fixture.ts");
  const child = spawn(process.execPath, [script, path, name, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return { child, said: child.stdout === null ? Promise.resolve("") : text(child.stdout) };
}

describe("appendToLedger", () => {
  it("starts a chain where there is no file, and goes on with it", async () => {
    expect(await readLedger(path)).toEqual({ ok: true, entries: [], head: null, tornBytes: 0 });
    await appendToLedger(path, note("one"));
    const { entry, repaired } = await appendToLedger(path, note("two"));
    expect([entry.seq, repaired]).toEqual([2, null]);
    const reading = await readLedger(path);
    expect(requireWhole(reading).map((e) => e.seq)).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(["ledger.jsonl"]);
  });

  it("never lets two processes fork the chain or mix their lines", async () => {
    const runs = [appending("left", 40), appending("right", 40)];
    const said = await Promise.all(runs.map((run) => run.said));
    const entries = requireWhole(await readLedger(path));
    expect(entries).toHaveLength(80);
    const hashes = new Set(entries.map((entry) => entry.hash));
    for (const hash of said.join("").trim().split("\n")) expect(hashes.has(hash)).toBe(true);
  });

  it("keeps each entry that it said was written when its process is killed in mid-append", async () => {
    for (let round = 0; round < 4; round++) {
      const { child, said } = appending(`round ${round}`, 10_000);
      const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      const before = size();
      await expect.poll(size, { interval: 1, timeout: PATIENCE_MS }).toBeGreaterThan(before + 2_000 * round);
      child.kill("SIGKILL");
      await once(child, "close");
      await appendToLedger(path, note(`after round ${round}`));
      const entries = requireWhole(await readLedger(path));
      const hashes = new Set(entries.map((entry) => entry.hash));
      const whole = (await said).split("\n").slice(0, -1);
      for (const hash of whole) expect(hashes.has(hash)).toBe(true);
      expect(entries.at(-1)?.body).toMatchObject({ text: `after round ${round}` });
    }
  });

  it("moves half a line from a crash aside, says so, and notes it in the ledger", async () => {
    await appendToLedger(path, note("one"));
    const torn = '{"at":"2026-11-22T16:00:00.000Z","body":{"capab';
    appendFileSync(path, torn);
    expect(await readLedger(path)).toMatchObject({ ok: true, tornBytes: torn.length });
    const { entry, repaired } = await appendToLedger(path, note("two"));
    expect(entry.seq).toBe(3);
    expect(readFileSync(repaired?.movedTo ?? "", "utf8")).toBe(torn);
    const entries = requireWhole(await readLedger(path));
    expect(entries[1]?.body).toMatchObject({
      text: expect.stringMatching(/Half a line of 47 bytes.*moved to/),
    });
  });

  it("moves a torn first line aside as well", async () => {
    writeFileSync(path, '{"at"');
    const { entry } = await appendToLedger(path, note("one"));
    expect(entry.seq).toBe(2);
    expect(requireWhole(await readLedger(path))).toHaveLength(2);
  });

  it("finds the last entry behind lines longer than what it reads at once", async () => {
    const long = Array.from({ length: 120 }, (_, i) => note(`${i}${"é".repeat(900)}`));
    for (const entry of long) await appendToLedger(path, entry);
    expect(requireWhole(await readLedger(path))).toHaveLength(120);
    appendFileSync(path, "x".repeat(200_000));
    const { entry, repaired } = await appendToLedger(path, note("after"));
    expect([entry.seq, repaired?.bytes]).toEqual([122, 200_000]);
  });

  it("refuses to go on after a last line that is no valid entry, and changes nothing", async () => {
    await appendToLedger(path, note("one"));
    appendFileSync(path, "{}\n");
    const before = readFileSync(path, "utf8");
    await expect(appendToLedger(path, note("two"))).rejects.toThrow("BYN-EVIDENCE-020");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("still takes an entry when one further up was changed, and every reader names that one", async () => {
    for (const words of ["one", "two", "three"]) await appendToLedger(path, note(words));
    writeFileSync(path, readFileSync(path, "utf8").replace('"two"', '"2wo"'));
    await appendToLedger(path, note("a rollback"));
    const reading = await readLedger(path);
    expect(() => requireWhole(reading)).toThrow("BYN-EVIDENCE-020 Entry 2 was changed");
  });

  it("gives a code when the file can't be written", async () => {
    await expect(appendToLedger(folder, note("one"))).rejects.toThrow("BYN-EVIDENCE-021");
    expect(readdirSync(folder)).toEqual([]);
  });
});

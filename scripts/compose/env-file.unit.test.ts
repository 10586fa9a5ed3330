import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions } from "@banyan/monolith/customers/session.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { completed, completeEnvFile, SECRETS } from "./env-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-env-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the file of secrets", () => {
  it("gets every secret once, for its owner's eyes only", () => {
    const file = join(folder, ".env");
    expect(completeEnvFile(file)).toEqual(Object.keys(SECRETS));
    const values = [...readFileSync(file, "utf8").matchAll(/^([A-Z_]+)='([^']+)'$/gm)];
    expect(values.map(([, name]) => name)).toEqual(Object.keys(SECRETS));
    expect(new Set(values.map(([, , value]) => value)).size).toBe(values.length);
    expect(values.every(([, , value = ""]) => value.length >= 16 && !value.includes("$"))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("stays as it is when it is asked for again, but is closed to others", () => {
    const file = join(folder, ".env");
    completeEnvFile(file);
    const before = readFileSync(file, "utf8");
    writeFileSync(join(folder, "open"), before, { mode: 0o644 });
    expect(completeEnvFile(join(folder, "open"))).toEqual([]);
    expect(readFileSync(join(folder, "open"), "utf8")).toBe(before);
    expect(statSync(join(folder, "open")).mode & 0o777).toBe(0o600);
  });

  it("holds a session key that the monolith takes", async () => {
    const sessions = await createSessions(SECRETS.SESSION_KEY?.() ?? "", Date.now);
    expect(sessions.keySet.keys).toHaveLength(1);
  });
});

describe("what is missing in it", () => {
  const secrets = { A_ONE: () => "1", B_TWO: () => "2" };

  it.each([
    [
      "is added behind what a person wrote",
      "# mine\nOTHER=x\nA_ONE=kept",
      "# mine\nOTHER=x\nA_ONE=kept\nB_TWO='2'\n",
    ],
    ["counts a name without a value as missing", "A_ONE=\nB_TWO=''\n", "A_ONE='1'\nB_TWO='2'\n"],
    [
      "counts a name in a comment as missing",
      "#A_ONE=x\nexport B_TWO=y\n",
      "#A_ONE=x\nexport B_TWO=y\nA_ONE='1'\n",
    ],
    ["begins an empty file", "", "A_ONE='1'\nB_TWO='2'\n"],
  ])("%s", (_title, before, after) => {
    expect(completed(before, secrets).text).toBe(after);
  });
});

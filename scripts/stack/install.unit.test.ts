import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOrMakeInstall } from "./install.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-install-"));
  file = join(folder, "install.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("secrets are made once, each another, for their owner's eyes only", () => {
  const made = readOrMakeInstall(file);
  expect(readOrMakeInstall(file)).toEqual(made);
  const passwords = Object.values(made.databasePasswords);
  expect(new Set([...passwords, made.serviceToken]).size).toBe(passwords.length + 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("an install from before orders and stock had owners keeps its secrets and gets those that it lacks", () => {
  const { serviceToken: _later, databasePasswords, ...rest } = readOrMakeInstall(file);
  const { monolith, catalog, feed, unleash } = databasePasswords;
  const older = { ...rest, databasePasswords: { monolith, catalog, feed, unleash } };
  writeFileSync(file, JSON.stringify(older));
  const read = readOrMakeInstall(file);
  expect(read).toMatchObject(older);
  expect(read.serviceToken.length).toBeGreaterThan(20);
  expect(Object.keys(read.databasePasswords).sort()).toEqual(Object.keys(databasePasswords).sort());
  const kept = readFileSync(file, "utf8");
  expect(readOrMakeInstall(file)).toEqual(read);
  expect(readFileSync(file, "utf8")).toBe(kept);
});

test("a file that can't be read as secrets is BYN-CLI-003, and stays as it is", () => {
  writeFileSync(file, "{}");
  expect(() => readOrMakeInstall(file)).toThrow(/BYN-CLI-003/);
  expect(readFileSync(file, "utf8")).toBe("{}");
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fromCache } from "./cache.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-cache-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const entry = (make: (path: string) => Promise<void>) => ({
  folder: join(folder, "deep"),
  key: "thing-1",
  purpose: "making the thing",
  say: () => undefined,
  make,
});

it("makes an entry once, though three ask at once", async () => {
  let made = 0;
  const make = async (path: string) => {
    made += 1;
    await mkdir(path);
    await writeFile(join(path, "whole"), "yes");
  };
  const paths = await Promise.all([1, 2, 3].map(() => fromCache(entry(make))));
  expect(made).toBe(1);
  expect(new Set(paths)).toEqual(new Set([join(folder, "deep", "thing-1")]));
  expect(await readdir(join(folder, "deep"))).toEqual(["thing-1"]);
});

it("leaves nothing half-made when the making fails, and can be asked again", async () => {
  const failing = async (path: string) => {
    await mkdir(path);
    await writeFile(join(path, "half"), "");
    throw new Error("no network");
  };
  await expect(fromCache(entry(failing))).rejects.toThrow("no network");
  expect(await readdir(join(folder, "deep"))).toEqual([]);
  await fromCache(entry((path) => writeFile(path, "whole")));
  expect(await readdir(join(folder, "deep"))).toEqual(["thing-1"]);
});

it("removes what a killed maker left", async () => {
  await mkdir(join(folder, "deep", "thing-1.making-999999"), { recursive: true });
  await fromCache(entry((path) => writeFile(path, "whole")));
  expect(await readdir(join(folder, "deep"))).toEqual(["thing-1"]);
});

it("says with a code when the folder can't be made", async () => {
  await writeFile(join(folder, "deep"), "a file");
  await expect(fromCache(entry(async () => undefined))).rejects.toMatchObject({ code: "BYN-PARTS-013" });
});

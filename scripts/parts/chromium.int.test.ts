import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findChromium, getChromium } from "./chromium.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-chromium-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const say = () => undefined;
const browser = async (name: string, text = "echo 'Chromium 156.0.8078.79 built on Debian'") => {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
};

it("takes CHROME_PATH before the PATH", async () => {
  await browser("chromium");
  const mine = await browser("mine");
  expect(await findChromium({ PATH: folder, CHROME_PATH: mine })).toMatchObject({ path: mine });
  expect(await findChromium({ PATH: folder })).toEqual({
    path: join(folder, "chromium"),
    version: "156.0.8078.79",
  });
});

it("never goes past a CHROME_PATH that does not run: it gives the reason", async () => {
  await browser("chromium");
  const env = { PATH: folder, CHROME_PATH: join(folder, "nothing") };
  expect(await getChromium({ env, uid: 0, say })).toMatchObject({
    path: null,
    reason: expect.stringContaining("CHROME_PATH"),
  });
});

it("takes a stub that does not run (a snap wrapper) as no browser", async () => {
  await browser("chromium", "echo 'requires the chromium snap' >&2; exit 10");
  expect(await findChromium({ PATH: folder })).toMatchObject({ path: null });
});

it("tells a plain user that only root may install it", async () => {
  expect(await getChromium({ env: { PATH: folder }, uid: 1000, say })).toMatchObject({
    path: null,
    reason: expect.stringContaining("only root may install it"),
  });
});

it("gives apt's own words when the installation fails", async () => {
  await browser("apt-get", "echo 'E: no network' >&2; exit 100");
  expect(await getChromium({ env: { PATH: folder }, uid: 0, say })).toMatchObject({
    path: null,
    reason: expect.stringContaining("E: no network"),
  });
});

import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differenceFrom, getKafka } from "./kafka-install.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-jars-"));
  await writeFile(join(folder, "a.jar"), "a");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (name: string, text: string) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`;

test("jars are what is pinned, all of them and no other", async () => {
  expect(await differenceFrom(line("a.jar", "a"), folder)).toBe(null);
  expect(await differenceFrom(line("a.jar", "b"), folder)).toContain("a.jar has checksum");
  expect(await differenceFrom(line("b.jar", "b"), folder)).toContain("a.jar came and is not pinned");
  expect(await differenceFrom(line("a.jar", "a") + line("b.jar", "b"), folder)).toContain("b.jar is pinned");
});

test("without Java and Maven there is no Kafka, and the reason says what to install", async () => {
  const env = { PATH: folder };
  const options = { cacheFolder: folder, toolFolder: folder, env, say: () => {}, uid: 1000 };
  expect(await getKafka(options)).toMatchObject({
    folder: null,
    reason: expect.stringContaining("apt-get install default-jre-headless maven"),
  });
});

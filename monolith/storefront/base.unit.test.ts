import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@banyan/platform/logging/log.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { storefrontBase } from "./base.ts";

let folder: string;
let file: string;
let logged: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "storefront-"));
  file = join(folder, "base");
  logged = [];
});
afterEach(() => rm(folder, { recursive: true }));

function open(path: string | undefined) {
  const log = createLog("test", "silent");
  log.error = (fields: unknown) => void logged.push((fields as { code: unknown }).code);
  return storefrontBase({ file: path, itself: () => "http://127.0.0.1:3000", log });
}

test("the shop asks itself while no file says otherwise", async () => {
  expect((await open(undefined)).base()).toBe("http://127.0.0.1:3000");
  expect((await open(file)).base()).toBe("http://127.0.0.1:3000");
  expect(logged).toEqual([]);
});

test("a file's address holds from the next reload on, and until the file is gone", async () => {
  const storefront = await open(file);
  await writeFile(file, "http://127.0.0.1:8080/\n");
  expect(storefront.base()).toBe("http://127.0.0.1:3000");
  await storefront.reload();
  expect(storefront.base()).toBe("http://127.0.0.1:8080");
  await rm(file);
  await storefront.reload();
  expect(storefront.base()).toBe("http://127.0.0.1:3000");
});

test.each([
  "",
  "127.0.0.1:8080",
  "ftp://127.0.0.1/",
  "http://127.0.0.1:8080/api",
  "http://127.0.0.1:8080/?a=b",
  "http://somebody:secret@127.0.0.1:8080",
  "http://a\nhttp://b",
  `http://${"a".repeat(5_000)}`,
])("%j is no address: the one before stays, and the log has the code", async (text) => {
  await writeFile(file, "http://127.0.0.1:8080");
  const storefront = await open(file);
  await writeFile(file, text);
  await storefront.reload();
  expect(storefront.base()).toBe("http://127.0.0.1:8080");
  expect(logged).toEqual(["BYN-SHOP-024"]);
});

test("what is no file to read changes nothing, either", async () => {
  const storefront = await open(folder);
  expect(storefront.base()).toBe("http://127.0.0.1:3000");
  expect(logged).toEqual(["BYN-SHOP-024"]);
});

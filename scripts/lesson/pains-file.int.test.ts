import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examplePains } from "@banyan/evidence/pains/example-record.ts";
import { listBundles } from "@banyan/platform/records/bundle-folder.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAllPains, writePains } from "./pains-file.ts";

const SECRET = "a-secret-of-this-install-0123456789";
const older = "0197e000-0000-7000-8000-000000000000";

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "banyan-pains-")), "evidence");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

test("records are read back, the oldest first, and are no bundles", async () => {
  expect(await readAllPains(folder)).toEqual([]);
  await writePains(folder, examplePains(), [SECRET]);
  await writePains(folder, examplePains({ id: older }), [SECRET]);
  const read = await readAllPains(folder);
  expect(read).toEqual([examplePains({ id: older }), examplePains()]);
  expect(await listBundles(folder)).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(2);
});

test("a secret of this install refuses the record, is not told, and nothing is written", async () => {
  const writing = writePains(folder, examplePains({ wrong: { [SECRET]: 1 } }), [SECRET]);
  await expect(writing).rejects.toMatchObject({ code: "BYN-EVIDENCE-027" });
  await expect(writing).rejects.not.toThrow(SECRET);
  expect(await readAllPains(folder)).toEqual([]);
});

test("a record that could not be read again is not written, a damaged one is told by its path", async () => {
  await expect(writePains(folder, examplePains({ blockMs: -1 }), [])).rejects.toMatchObject({
    code: "BYN-EVIDENCE-069",
  });
  const path = await writePains(folder, examplePains(), []);
  writeFileSync(path, "{");
  await expect(readAllPains(folder)).rejects.toMatchObject({
    code: "BYN-EVIDENCE-069",
    detail: expect.stringContaining(path),
  });
});

test("a folder that can't be made is told with its code", async () => {
  const file = `${folder}-file`;
  writeFileSync(file, "");
  await expect(writePains(join(file, "evidence"), examplePains(), [])).rejects.toMatchObject({
    code: "BYN-EVIDENCE-070",
  });
});

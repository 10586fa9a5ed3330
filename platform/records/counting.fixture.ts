// A process of its own for the tests: adds one to a number in a file, `count` times, each time under the lock.
import { readFileSync, writeFileSync } from "node:fs";
import { acquireLock } from "./file-lock.ts";

const [path = "", counter = "", count = "1"] = process.argv.slice(2);
for (let i = 0; i < Number(count); i++) {
  await using _held = await acquireLock(path, { purpose: "counting" });
  writeFileSync(counter, String(Number(readFileSync(counter, "utf8")) + 1));
}

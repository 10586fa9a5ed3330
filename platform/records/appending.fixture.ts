// A process of its own for the tests: appends `count` notes to a ledger and says each one that is safe on the disk.
import { appendToLedger } from "./ledger-file.ts";

const [path = "", name = "", count = "1"] = process.argv.slice(2);
for (let i = 1; i <= Number(count); i++) {
  const text = `${name} ${i} ${"x".repeat(i % 7 === 0 ? 1_500 : 10)}`;
  const at = new Date().toISOString();
  const { entry } = await appendToLedger(path, { at, kind: "note", body: { capability: null, text } });
  process.stdout.write(`${entry.hash}\n`);
}

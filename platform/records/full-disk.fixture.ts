// A process of its own for the tests, run with a tiny file system on `folder`: fills it, and says what came of it.
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exampleDraft } from "@banyan/evidence/bundle/example-bundle.ts";
import { openBundle } from "./bundle-folder.ts";
import { appendToLedger, readLedger } from "./ledger-file.ts";

const PAGE_BYTES = 4_096;
const [folder = ""] = process.argv.slice(2);
const ledger = join(folder, "ledger.jsonl");
const root = join(folder, "evidence");
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  return work.then(
    () => "done",
    (error: { code?: string }) => error.code ?? "none",
  );
};
const append = (text: string): Promise<unknown> =>
  appendToLedger(ledger, {
    at: "2026-11-22T16:00:00.000Z",
    kind: "note",
    body: { capability: null, text },
  });
await append("before");

const bundle = await openBundle(root, { nowMs: Date.now(), random: new Uint8Array(10), secrets: [] });
writeFileSync(join(bundle.folder, "samples.csv"), "0".repeat(4_096));
const filler = join(folder, "filler");
try {
  writeFileSync(filler, Buffer.alloc(10_000_000));
} catch {
  // Full is what it is for.
}
const sealed = await codeOf(bundle.seal(exampleDraft(10)));
const left = readdirSync(root);
try {
  writeFileSync(filler, Buffer.alloc(10_000_000), { flag: "a" });
} catch {
  // What the discarded bundle gave back is used up again.
}
// One page stays for the lock, so that it is the ledger's own write that finds no space.
truncateSync(filler, Math.floor(statSync(filler).size / PAGE_BYTES) * PAGE_BYTES - PAGE_BYTES);
const before = readFileSync(ledger, "utf8");
let appended = "done";
// Entries that still fit into the last page go in; the one that doesn't must leave no trace.
for (let i = 0; i < 20 && appended === "done"; i++) appended = await codeOf(append(`${i}${"x".repeat(900)}`));
const then = readFileSync(ledger, "utf8");
const grown = then.length > before.length && then.startsWith(before);
const whole = then.endsWith("\n");
rmSync(filler);
const after = await codeOf(append("after"));
const reading = await readLedger(ledger);
console.log(JSON.stringify({ sealed, left, appended, grown, whole, after, ok: reading.ok }));

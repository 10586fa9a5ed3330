// A process of its own for the tests: takes a lock, says so, and holds it until it is ended.
import { acquireLock } from "./file-lock.ts";

const [path = "", purpose = ""] = process.argv.slice(2);
await acquireLock(path, { purpose, waitMs: 10_000 });
process.stdout.write("held\n");
setInterval(() => undefined, 1_000);

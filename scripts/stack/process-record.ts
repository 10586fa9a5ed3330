import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import type { ProcessIdentity } from "./process-identity.ts";

const nameShape = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);

const recordShape = z.object({
  name: nameShape,
  pid: z.number().int().positive(),
  startTime: z.string(),
  command: z.string(),
  port: z.number().int().nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  stopSignal: z.enum(["SIGTERM", "SIGINT"]),
  log: z.string(),
});

/** What is known of a started process: `.banyan/run/<name>.json`. It holds no argument, so no secret. */
export type ProcessRecord = z.infer<typeof recordShape>;

export function identityOf(record: ProcessRecord): ProcessIdentity {
  return { pid: record.pid, startTime: record.startTime };
}

export function recordPath(stateFolder: string, name: string): string {
  return join(stateFolder, "run", `${nameShape.parse(name)}.json`);
}

export function logPath(stateFolder: string, name: string): string {
  return resolve(stateFolder, "logs", `${nameShape.parse(name)}.log`);
}

/**
 * The record of that name, or null when there is none, it can't be read as one, or it came here with a copy of
 * another working folder: that one's processes are not ours to stop.
 */
export async function readRecord(stateFolder: string, name: string): Promise<ProcessRecord | null> {
  const text = await readFile(recordPath(stateFolder, name), "utf8").catch(() => null);
  if (text === null) return null;
  let record: ProcessRecord;
  try {
    record = recordShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
  const logs = await realpath(dirname(record.log)).catch(() => null);
  // Null: that folder is gone, so this one was moved and not copied.
  const ours = logs === null || logs === (await realpath(join(stateFolder, "logs")).catch(() => null));
  return ours ? record : null;
}

/** Written whole or not at all: temporary file, then rename. */
export async function writeRecord(stateFolder: string, record: ProcessRecord): Promise<void> {
  const path = recordPath(stateFolder, record.name);
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(join(stateFolder, "run"), { recursive: true });
    await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new BanyanError("BYN-PARTS-013", `${path} can't be written.`, { cause });
  }
}

export async function removeRecord(stateFolder: string, name: string): Promise<void> {
  await rm(recordPath(stateFolder, name), { force: true });
}

/** The names of all records, sorted. */
export async function recordNames(stateFolder: string): Promise<string[]> {
  const files = await readdir(join(stateFolder, "run")).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((name) => nameShape.safeParse(name).success)
    .sort();
}

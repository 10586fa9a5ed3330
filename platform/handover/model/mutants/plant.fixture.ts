import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DirectedTest } from "../directed/directed.fixture.ts";

/** One rule of the protocol switched off, or read in another way, in the text of the code. */
export interface Mutation {
  /** As in mutations.txt of the model where it stands there; `c-…` are of the code alone. */
  readonly name: string;
  /** In `platform/handover`. */
  readonly file: string;
  /** Each text stands in the file exactly once, and is replaced. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** The directed test that fails with it, each time. */
  readonly killedBy: DirectedTest;
}

const room = join(import.meta.dirname, "..", "..", "..");
/** What the handover's code stands on, in its room. */
const FOLDERS = ["handover", "log", "postgres", "telemetry", "logging"];

/** A copy of the room's code outside of it, where mutations may be planted. Git ignores the place. */
export async function copyRoom(): Promise<string> {
  const place = join(room, "..", ".banyan", "mutants");
  await mkdir(place, { recursive: true });
  const copy = await mkdtemp(join(place, "room-"));
  for (const folder of FOLDERS) {
    await cp(join(room, folder), join(copy, folder), {
      recursive: true,
      filter: (path) => !/\.(?:test|fixture)\.ts$/.test(path),
    });
  }
  return copy;
}

export async function removeRoom(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
}

/** Writes the mutated file into the copy; throws when an edit does not fit exactly once. */
export async function plant(copy: string, mutation: Mutation): Promise<void> {
  const path = join("handover", mutation.file);
  let text = await readFile(join(room, path), "utf8");
  for (const [from, to] of mutation.edits) {
    const times = text.split(from).length - 1;
    if (times !== 1)
      throw new Error(`${mutation.name}: \`${from}\` stands ${times} times in ${mutation.file}`);
    text = text.replace(from, () => to);
  }
  await writeFile(join(copy, path), text);
}

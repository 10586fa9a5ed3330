import { stat } from "node:fs/promises";
import { lastProvedRung } from "@banyan/evidence/ledger/queries.ts";
import type { Log } from "../logging/log.ts";
import { readLedger, requireWhole } from "./ledger-file.ts";

/** What was proved, as a ledger that somebody else writes says it. */
export interface ProvedRungs {
  /** 0…100; undefined while the ledger can't be read, or is broken. */
  of(capability: string): number | undefined;
  stop(): void;
}

/**
 * Reads the ledger now and whenever it has grown, and answers from memory. No ledger is an empty one: nothing was proved.
 */
export async function followProvedRungs(
  path: string,
  capabilities: readonly string[],
  { log, everyMs }: { readonly log: Log; readonly everyMs: number },
): Promise<ProvedRungs> {
  let rungs: ReadonlyMap<string, number> | undefined;
  let size: number | undefined;
  let failing = false;
  const look = async () => {
    try {
      const found = (await stat(path).catch(missing))?.size ?? 0;
      if (found === size) return;
      const entries = requireWhole(await readLedger(path));
      rungs = new Map(capabilities.map((name) => [name, lastProvedRung(entries, name)]));
      size = found;
      failing = false;
    } catch (error) {
      // What was proved is not known any more, and unknown is not 0 %.
      rungs = undefined;
      size = undefined;
      if (!failing) log.warn({ err: error, path }, "what was proved can't be read: nothing moves by it");
      failing = true;
    }
  };
  await look();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => {
      busy = false;
    });
  }, everyMs).unref();
  return { of: (capability) => rungs?.get(capability), stop: () => clearInterval(timer) };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}

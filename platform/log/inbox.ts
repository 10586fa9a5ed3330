import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../postgres/pool.ts";
import { announce } from "./announce.ts";
import type { CopiedCapability } from "./capability.ts";
import { type CopyRow, lockCopy, type Trouble, writeCopy } from "./copy-row.ts";
import { isPassing } from "./fault.ts";
import type { OutboxRow } from "./peer.ts";

/** How one delivery to a slot ended. `seq` is the copy's after it. */
export interface Received {
  readonly applied: number;
  readonly duplicates: number;
  readonly seq: number;
  /**
   * `taken`: all were judged · `gap`: one was beyond `seq` + 1, it and the rest were dropped · `stopped`: one is bad
   * and the slot stands before it · `refused`: the slot is not `following`, nothing was judged.
   */
  readonly end: "taken" | "gap" | "stopped" | "refused";
}

/** What one event is to a copy at `seq` (§5.5, same epoch). */
export function judge(copySeq: number, eventSeq: number): "duplicate" | "next" | "gap" {
  if (eventSeq <= copySeq) return "duplicate";
  return eventSeq === copySeq + 1 ? "next" : "gap";
}

// A slot that someone else holds (a re-fill) is passed over and tried again; it must not hold the others up.
const LOCK_BOUND = "SET LOCAL lock_timeout = '250ms'";

/**
 * Delivers events to one slot in one transaction, which first locks the copy's slot row. Rows, `seq` and the
 * announcement commit together, so a crash at any point applies each event once. A bad event stops this slot at the
 * event before it, with the reason in the copy's row (BYN-DATA-002, -003); delivering it again tries it again. What
 * passes by itself (a broken connection, a full disk) is thrown and leaves nothing behind.
 */
export async function receive<Change>(
  copy: Pool,
  capability: CopiedCapability<Change>,
  slot: number,
  events: readonly OutboxRow[],
): Promise<Received> {
  return inTransaction(copy, async (client) => {
    await client.query(LOCK_BOUND);
    const before = await lockCopy(client, capability.name, slot);
    if (before.state !== "following") {
      return { applied: 0, duplicates: 0, seq: before.seq, end: "refused" };
    }
    const changed: string[] = [];
    let seq = before.seq;
    let applied = 0;
    let duplicates = 0;
    let end: Received["end"] = "taken";
    let trouble: Trouble | undefined;
    for (const event of events) {
      const verdict = judge(seq, event.seq);
      if (verdict === "duplicate") {
        duplicates += 1;
        continue;
      }
      if (verdict === "gap") {
        end = "gap";
        break;
      }
      const outcome = await applyOne(client, capability, slot, event);
      if ("trouble" in outcome) {
        trouble = outcome.trouble;
        end = "stopped";
        break;
      }
      changed.push(...outcome.ids);
      seq = event.seq;
      applied += 1;
    }
    if (applied > 0 || trouble !== undefined) {
      const after: CopyRow = { slot, seq, state: "following", trouble };
      await writeCopy(client, capability.name, after);
      await announce(client, capability.channel, changed);
    }
    return { applied, duplicates, seq, end };
  });
}

async function applyOne<Change>(
  client: PoolClient,
  capability: CopiedCapability<Change>,
  slot: number,
  event: OutboxRow,
): Promise<{ ids: readonly string[] } | { trouble: Trouble }> {
  let changes: readonly Change[];
  try {
    changes = capability.parse(slot, event.seq, event.payload);
  } catch (error) {
    return { trouble: troubleOf("BYN-DATA-002", event.seq, error) };
  }
  await client.query("SAVEPOINT event");
  try {
    const ids = await capability.apply(client, slot, changes);
    // A deferred constraint would speak up at COMMIT only, where no event can be blamed any more.
    await client.query("SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT event");
    return { ids };
  } catch (error) {
    if (isPassing(error)) throw error;
    // Fails on a connection that broke meanwhile: then it is thrown, and no event is blamed for it.
    await client.query("ROLLBACK TO SAVEPOINT event");
    return { trouble: troubleOf("BYN-DATA-003", event.seq, error) };
  }
}

function troubleOf(code: Trouble["code"], seq: number, error: unknown): Trouble {
  const words =
    error instanceof BanyanError ? error.detail : error instanceof Error ? error.message : "failed";
  return { code, seq, detail: `event ${seq}: ${words}`.slice(0, 1_000) };
}

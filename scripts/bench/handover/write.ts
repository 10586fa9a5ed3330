import { randomUUID } from "node:crypto";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";
import { insertNote, LEDGER } from "./ledger.ts";
import type { Arm } from "./loads.ts";

/** As many characters as a small order has. */
const TEXT = "two of these and one of those, please. ".repeat(6).slice(0, 200);

/**
 * One write to the slot: the same statements in a transaction, whatever the arm.
 * @throws MisdirectedError when this side does not own the slot (not the arm `plain`, which asks nobody)
 */
export async function writeNotes(pool: Pool, arm: Arm, slot: number, inserts = 1): Promise<void> {
  const notes = Array.from({ length: inserts }, () => ({ id: randomUUID(), note: TEXT }));
  const insert = async (client: PoolClient) => {
    for (const note of notes) await insertNote(client, slot, note);
  };
  if (arm === "plain") {
    await inTransaction(pool, insert);
    return;
  }
  const id = notes[0]?.id ?? "";
  const response = { status: 201, headers: { location: `/notes/${id}` }, body: { id } };
  const key = { principal: "bench", route: "POST /notes", key: id, bodyHash: id };
  const write = { capability: LEDGER, slot, ...(arm === "keyed" ? { key } : {}) };
  await guardedWrite(pool, write, async (client) => {
    await insert(client);
    return { changes: notes, response };
  });
}

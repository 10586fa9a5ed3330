import { randomUUID } from "node:crypto";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { insertNote, LEDGER } from "./ledger.ts";
import type { Arm } from "./loads.ts";

/** As many characters as a small order has. */
const TEXT = "two of these and one of those, please. ".repeat(6).slice(0, 200);

/**
 * One write to the slot: the same statement in a transaction, whatever the arm.
 * @throws MisdirectedError when this side does not own the slot (not the arm `plain`, which asks nobody)
 */
export async function writeNote(pool: Pool, arm: Arm, slot: number): Promise<void> {
  const note = { id: randomUUID(), note: TEXT };
  if (arm === "plain") {
    await inTransaction(pool, (client) => insertNote(client, slot, note));
    return;
  }
  const response = { status: 201, headers: { location: `/notes/${note.id}` }, body: { id: note.id } };
  const key = { principal: "bench", route: "POST /notes", key: note.id, bodyHash: note.id };
  const write = { capability: LEDGER, slot, ...(arm === "keyed" ? { key } : {}) };
  await guardedWrite(pool, write, async (client) => {
    await insertNote(client, slot, note);
    return { changes: [note], response };
  });
}

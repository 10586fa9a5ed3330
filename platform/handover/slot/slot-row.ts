import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import type { Pool, PoolClient } from "pg";
import type { CopyState, Trouble } from "../../log/copy-row.ts";

/** One side's row of a slot (§5.1). */
export interface SlotRow {
  readonly slot: number;
  /** May this side write the slot? At most one side's is true. */
  readonly owner: boolean;
  readonly epoch: number;
  readonly seq: number;
  /** Of the copy; an owner's is `following`. */
  readonly state: CopyState;
  readonly trouble: Trouble | undefined;
}

interface Raw {
  slot: number;
  owner: boolean;
  epoch: string;
  seq: string;
  state: CopyState;
  trouble_code: ErrorCode | null;
  trouble_detail: string | null;
  trouble_seq: string | null;
}

const SELECT = `SELECT slot, owner, epoch, seq, state, trouble_code, trouble_detail, trouble_seq
  FROM handover.slot WHERE capability = $1`;

/**
 * Locks the slot's row to the end of the transaction and answers it: the first act of every transaction that writes a
 * slot (§5.2, §5.5). READ COMMITTED only: who waited here reads below what the one before it committed.
 * A slot without a row is BYN-DATA-006.
 */
export async function lockSlot(client: PoolClient, capability: string, slot: number): Promise<SlotRow> {
  const { rows } = await client.query<Raw>({
    name: "handover: lock", // prepared, as all on the way of every write
    text: `${SELECT} AND slot = $2 FOR UPDATE`,
    values: [capability, slot],
  });
  return rowOf(rows[0], capability, slot);
}

/** The slot's row as it is now, without a lock. A slot without a row is BYN-DATA-006. */
export async function readSlot(on: Pool | PoolClient, capability: string, slot: number): Promise<SlotRow> {
  const { rows } = await on.query<Raw>(`${SELECT} AND slot = $2`, [capability, slot]);
  return rowOf(rows[0], capability, slot);
}

/** All rows of a capability at one side, by slot. */
export async function readSlots(on: Pool | PoolClient, capability: string): Promise<readonly SlotRow[]> {
  const { rows } = await on.query<Raw>(`${SELECT} ORDER BY slot`, [capability]);
  return rows.map((raw) => rowOf(raw, capability, raw.slot));
}

/** Writes the row that the caller has locked. */
export async function writeSlot(client: PoolClient, capability: string, row: SlotRow): Promise<void> {
  await client.query(
    `UPDATE handover.slot SET owner = $3, epoch = $4, seq = $5, state = $6,
       trouble_code = $7, trouble_detail = $8, trouble_seq = $9,
       trouble_since = CASE WHEN $7::text IS NULL THEN NULL WHEN trouble_code = $7 THEN trouble_since ELSE now() END
     WHERE capability = $1 AND slot = $2`,
    [
      capability,
      row.slot,
      row.owner,
      row.epoch,
      row.seq,
      row.state,
      row.trouble?.code ?? null,
      row.trouble?.detail ?? null,
      row.trouble?.seq ?? null,
    ],
  );
}

function rowOf(raw: Raw | undefined, capability: string, slot: number): SlotRow {
  if (raw === undefined) {
    throw new BanyanError("BYN-DATA-006", `there is no row for slot ${slot} of ${capability}`);
  }
  const { owner, epoch, seq, state, trouble_code: code, trouble_detail: detail, trouble_seq: at } = raw;
  const trouble = code === null ? undefined : { code, detail: detail ?? "", seq: Number(at) };
  return { slot: raw.slot, owner, epoch: Number(epoch), seq: Number(seq), state, trouble };
}

import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import type { Pool, PoolClient } from "pg";

/** States of a copy's slot (§5.1). Only a `following` one applies or judges events. */
export type CopyState = "empty" | "filling" | "following" | "quarantined";

/** Why a slot stands still (`following`) or was taken out (`quarantined`). */
export interface Trouble {
  readonly code: ErrorCode;
  /** In words, for people; no secret. */
  readonly detail: string;
  /** The `seq` that it is about. */
  readonly seq: number;
}

export interface CopyRow {
  readonly slot: number;
  readonly seq: number;
  readonly state: CopyState;
  readonly trouble: Trouble | undefined;
}

/** From which states a state may be entered; nothing else is a transition. */
const ENTERED_FROM: Readonly<Record<CopyState, readonly CopyState[]>> = {
  empty: ["empty", "filling", "following", "quarantined"], // only by a reset, which removes the rows too
  filling: ["empty", "filling", "quarantined"],
  following: ["filling"],
  quarantined: ["following"],
};

export function mayEnter(from: CopyState, to: CopyState): boolean {
  return ENTERED_FROM[to].includes(from);
}

interface Raw {
  slot: number;
  seq: string;
  state: CopyState;
  trouble_code: ErrorCode | null;
  trouble_detail: string | null;
  trouble_seq: string | null;
}

const COLUMNS = "slot, seq, state, trouble_code, trouble_detail, trouble_seq";

/** All slots of the copy, by slot. */
export async function readCopies(copy: Pool | PoolClient, capability: string): Promise<readonly CopyRow[]> {
  const { rows } = await copy.query<Raw>(`SELECT ${COLUMNS} FROM copy WHERE capability = $1 ORDER BY slot`, [
    capability,
  ]);
  return rows.map(rowOf);
}

/** Locks the copy's slot row to the end of the transaction: the first act of everything that writes a slot (§5.5). */
export async function lockCopy(client: PoolClient, capability: string, slot: number): Promise<CopyRow> {
  const [raw] = (
    await client.query<Raw>(
      `SELECT ${COLUMNS} FROM copy WHERE capability = $1 AND slot = $2 FOR NO KEY UPDATE`,
      [capability, slot],
    )
  ).rows;
  if (raw === undefined) {
    throw new BanyanError("BYN-DATA-006", `the copy has no row for slot ${slot} of ${capability}`);
  }
  return rowOf(raw);
}

/** Writes the row that the caller has locked. */
export async function writeCopy(client: PoolClient, capability: string, row: CopyRow): Promise<void> {
  await client.query(
    `UPDATE copy SET seq = $3, state = $4, trouble_code = $5, trouble_detail = $6, trouble_seq = $7,
       trouble_since = CASE WHEN $5::text IS NULL THEN NULL WHEN trouble_code = $5 THEN trouble_since ELSE now() END
     WHERE capability = $1 AND slot = $2`,
    [
      capability,
      row.slot,
      row.seq,
      row.state,
      row.trouble?.code ?? null,
      row.trouble?.detail ?? null,
      row.trouble?.seq ?? null,
    ],
  );
}

function rowOf(raw: Raw): CopyRow {
  const trouble =
    raw.trouble_code === null
      ? undefined
      : { code: raw.trouble_code, detail: raw.trouble_detail ?? "", seq: Number(raw.trouble_seq) };
  return { slot: raw.slot, seq: Number(raw.seq), state: raw.state, trouble };
}

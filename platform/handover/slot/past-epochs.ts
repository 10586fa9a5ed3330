import type { PoolClient } from "pg";

/** An epoch that is over, and the last `seq` that was written under it. */
export interface PastEpoch {
  readonly epoch: number;
  readonly lastSeq: number;
}

/** Notes where an epoch ended. */
export async function noteEpoch(
  client: PoolClient,
  capability: string,
  slot: number,
  past: PastEpoch,
): Promise<void> {
  await client.query(
    `INSERT INTO handover.past_epoch (capability, slot, epoch, last_seq) VALUES ($1, $2, $3, $4)
     ON CONFLICT (capability, slot, epoch) DO UPDATE SET last_seq = excluded.last_seq`,
    [capability, slot, past.epoch, past.lastSeq],
  );
}

/** Every past epoch of the slot, by epoch. */
export async function readEpochs(
  client: PoolClient,
  capability: string,
  slot: number,
): Promise<readonly PastEpoch[]> {
  const { rows } = await client.query<{ epoch: string; last_seq: string }>(
    "SELECT epoch, last_seq FROM handover.past_epoch WHERE capability = $1 AND slot = $2 ORDER BY epoch",
    [capability, slot],
  );
  return rows.map((row) => ({ epoch: Number(row.epoch), lastSeq: Number(row.last_seq) }));
}

/** Makes the slot's past epochs exactly these. */
export async function replaceEpochs(
  client: PoolClient,
  capability: string,
  slot: number,
  epochs: readonly PastEpoch[],
): Promise<void> {
  await client.query("DELETE FROM handover.past_epoch WHERE capability = $1 AND slot = $2", [
    capability,
    slot,
  ]);
  for (const past of epochs) await noteEpoch(client, capability, slot, past);
}

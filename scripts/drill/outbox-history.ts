import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { pause } from "./pause.ts";
import { CAPABILITIES, type Capability, type Sides } from "./sides.ts";

/** One row of an outbox, as far as the checks need it. */
export interface WrittenRow {
  readonly capability: Capability;
  readonly side: Side;
  readonly slot: number;
  readonly seq: number;
  readonly epoch: number;
  readonly kind: "event" | "handover";
  /** What stands in the books after it. Counted: by a count; else a reservation moved it. */
  readonly stock: readonly { readonly sku: string; readonly onHand: number; readonly counted: boolean }[];
}

const EVERY_MS = 5_000;
/** Rows get their time when their transaction begins, and are seen when it ends. */
const OVERLAP_MS = 60_000;

/** Every row that either side wrote into its outbox: outboxes are pruned, the history is not. */
export class OutboxHistory {
  readonly #sides: Sides;
  readonly #rows = new Map<string, WrittenRow>();
  /** By side and capability, of the database's clock. */
  readonly #since = new Map<string, Date>();
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  get rows(): readonly WrittenRow[] {
    return [...this.#rows.values()];
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** @throws what a database away throws */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    await this.#look();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#look().catch(() => {}); // a database away: what is missing is read the next time
      await pause(EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    for (const capability of CAPABILITIES) for (const side of SIDES) await this.#read(capability, side);
  }

  async #read(capability: Capability, side: Side): Promise<void> {
    const place = `${capability} ${side}`;
    const { pool } = this.#sides[capability][side];
    const { rows } = await pool.query<{
      slot: number;
      seq: string;
      epoch: string;
      kind: WrittenRow["kind"];
      stock: WrittenRow["stock"] | null;
      now: Date;
    }>(
      `SELECT slot, seq, epoch, kind, now(),
         (SELECT jsonb_agg(jsonb_build_object('sku', c #>> '{stock,sku}', 'onHand', c #> '{stock,onHand}',
                                             'counted', NOT changes @> '[{"type":"reservation-saved"}]'))
            FROM jsonb_array_elements(changes) c WHERE c ->> 'type' = 'stock-saved') AS stock
       FROM handover.outbox WHERE capability = $1 AND created_at >= $2`,
      [capability, this.#since.get(place) ?? new Date(0)],
    );
    for (const { slot, seq, epoch, kind, stock } of rows) {
      const row = {
        capability,
        side,
        slot,
        seq: Number(seq),
        epoch: Number(epoch),
        kind,
        stock: stock ?? [],
      };
      this.#rows.set(`${place} ${slot} ${seq}`, row);
    }
    const [{ now } = { now: undefined }] = rows;
    if (now !== undefined) this.#since.set(place, new Date(now.getTime() - OVERLAP_MS));
  }
}

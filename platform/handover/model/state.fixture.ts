import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { z } from "zod";
import type { Bench } from "./bench.fixture.ts";

const Response = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
});
const Key = z.object({ key: z.string(), bodyHash: z.string(), response: Response.nullable() });

const Row = z.object({
  seq: z.number(),
  epoch: z.number(),
  eventId: z.string(),
  kind: z.enum(["event", "handover"]),
  nextEpoch: z.number().nullable(),
  changes: z.array(z.object({ write: z.string() })),
  key: z.object({ ...Key.shape, principal: z.string(), route: z.string() }).nullable(),
});

const SideState = z.object({
  owner: z.boolean(),
  epoch: z.number(),
  seq: z.number(),
  state: z.enum(["empty", "filling", "following", "quarantined"]),
  trouble: z.string().nullable(),
  epochs: z.array(z.object({ epoch: z.number(), last: z.number() })),
  outbox: z.array(Row),
  writes: z.array(z.string()),
  keys: z.array(Key),
  foreign: z.number(),
  sent: z.number(),
});

/** One side's whole slot, as its database holds it. */
export type SideState = z.output<typeof SideState>;
export type State = Readonly<Record<Side, SideState>>;
export type WrittenRow = z.output<typeof Row>;

const WHERE = "WHERE capability = $1 AND slot = $2";
const READ = `SELECT jsonb_build_object(
  'owner', owner, 'epoch', epoch, 'seq', seq, 'state', state, 'trouble', trouble_code,
  'epochs', (SELECT coalesce(jsonb_agg(jsonb_build_object('epoch', epoch, 'last', last_seq) ORDER BY epoch), '[]')
    FROM handover.past_epoch ${WHERE}),
  'outbox', (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', seq, 'epoch', epoch, 'eventId', event_id,
      'kind', kind, 'nextEpoch', next_epoch, 'changes', changes, 'key', key) ORDER BY seq), '[]')
    FROM handover.outbox ${WHERE}),
  'writes', (SELECT coalesce(jsonb_agg(write ORDER BY pos), '[]') FROM entry ${WHERE}),
  'keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('key', key, 'bodyHash', body_hash, 'response', response)
      ORDER BY key), '[]') FROM handover.key ${WHERE}),
  'foreign', (SELECT count(*) FROM handover.foreign_tail ${WHERE}),
  'sent', (SELECT seq FROM handover.sent ${WHERE})
) AS state FROM handover.slot ${WHERE}`;

/** Reads both sides. Nobody else is at work meanwhile. */
export async function readState(bench: Bench, capability: string, slot: number): Promise<State> {
  const [monolith, extracted] = await Promise.all(
    SIDES.map(async (side) => {
      const { rows } = await bench.pools[side].query<{ state: unknown }>({
        name: "state", // prepared: planning it costs more than doing it
        text: READ,
        values: [capability, slot],
      });
      return SideState.parse(rows[0]?.state);
    }),
  );
  if (monolith === undefined || extracted === undefined) throw new Error("there are two sides");
  return { monolith, extracted };
}

-- The warehouse's books by slot, so that their owner can change slot by slot. Rows that were there before get theirs too.
ALTER TABLE stock ADD COLUMN slot smallint NOT NULL GENERATED ALWAYS AS (handover.slot_of('inventory', sku)) STORED;
CREATE INDEX stock_slot ON stock (slot);

-- Pieces of one SKU for one order line: contracts/events/inventory.ts. Tombstones stay: what comes late finds them.
CREATE TABLE reservation (
  id text COLLATE "C" PRIMARY KEY,
  sku text COLLATE "C" NOT NULL,
  slot smallint NOT NULL GENERATED ALWAYS AS (handover.slot_of('inventory', sku)) STORED,
  quantity integer NOT NULL CHECK (quantity >= 0),
  state text NOT NULL CHECK (state IN ('held', 'confirmed', 'released', 'returned')),
  expires_at timestamptz(3)
) WITH (fillfactor = 80);
CREATE INDEX reservation_slot ON reservation (slot);
CREATE INDEX reservation_expiry ON reservation (expires_at) WHERE state = 'held';

-- The canonical projection: the records of contracts/events/inventory.ts, key for key.
CREATE VIEW inventory_record AS
  SELECT slot,
         'stock:' || sku AS id,
         jsonb_build_object(
           'sku', sku, 'onHand', on_hand,
           'updatedAt', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
         ) AS record
  FROM stock
  UNION ALL
  SELECT slot,
         'reservation:' || id,
         jsonb_build_object(
           'id', id, 'sku', sku, 'quantity', quantity, 'state', state,
           'expiresAt', to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
         )
  FROM reservation;

-- What lies in the warehouse, by SKU. `slot` is slotOf('inventory', sku) (contracts/slot.ts), written with the row: made by
-- Postgres it would be hashed anew with every write.
CREATE TABLE stock (
  sku text COLLATE "C" PRIMARY KEY,
  slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 100),
  on_hand integer NOT NULL CHECK (on_hand >= 0),
  updated_at timestamptz(3) NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX stock_slot ON stock (slot);
-- No index by on_hand: a write then would have to touch it, and who lists the books waits for a few thousand rows.

-- Pieces of one SKU for one order line: contracts/events/inventory.ts. Tombstones stay: what comes late finds them.
CREATE TABLE reservation (
  id text COLLATE "C" PRIMARY KEY,
  sku text COLLATE "C" NOT NULL,
  slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 100),
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

SELECT handover.open('inventory', false);

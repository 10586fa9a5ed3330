-- This side's numbers are even and begin far above the monolith's, which are odd: the two never give the same. There are
-- gaps: a checkout that fails has drawn one.
CREATE SEQUENCE order_number AS integer START 1000000 MINVALUE 1000000 INCREMENT 2;

-- An order is written whole and read whole, so a row is its `OrderRecord` (contracts/events/orders.ts). What is looked for
-- is generated from it, and so can't say anything else. The table is its own canonical projection: slot, id, record.
CREATE TABLE shop_order (
  record jsonb NOT NULL,
  id text COLLATE "C" GENERATED ALWAYS AS (record ->> 'id') STORED PRIMARY KEY,
  slot smallint NOT NULL GENERATED ALWAYS AS (handover.slot_of('orders', record ->> 'customerId')) STORED,
  number integer NOT NULL GENERATED ALWAYS AS ((record ->> 'number')::integer) STORED UNIQUE,
  customer_id text COLLATE "C" NOT NULL GENERATED ALWAYS AS (record ->> 'customerId') STORED,
  status text NOT NULL GENERATED ALWAYS AS (record ->> 'status') STORED
    CHECK (status IN ('pending', 'placed', 'cancelling', 'cancelled', 'failed')),
  -- As text: ISO 8601, UTC, with milliseconds sorts as the moments do, and a cast to a time is not immutable.
  placed_at text COLLATE "C" NOT NULL GENERATED ALWAYS AS (record ->> 'placedAt') STORED
    CHECK (placed_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$'),
  cart_version integer GENERATED ALWAYS AS ((record ->> 'cartVersion')::integer) STORED
);
CREATE INDEX shop_order_slot ON shop_order (slot);
-- A customer's list, the newest first.
CREATE INDEX shop_order_list ON shop_order (customer_id, placed_at DESC, id DESC) WHERE status <> 'failed';
-- Was this cart ordered already?
CREATE INDEX shop_order_cart ON shop_order (customer_id, cart_version) WHERE status <> 'failed';
-- What is not finished yet: few at any time.
CREATE INDEX shop_order_unfinished ON shop_order (placed_at, id) WHERE status IN ('pending', 'cancelling');

SELECT handover.open('orders', false);

-- An order is of its customer's slot, also one from before anyone thought of slots.
ALTER TABLE shop_order
  ADD COLUMN slot smallint NOT NULL GENERATED ALWAYS AS (handover.slot_of('orders', customer_id)) STORED,
  ADD COLUMN cart_version integer CHECK (cart_version >= 0), -- of the cart that was ordered; null: carts had none yet
  ADD COLUMN failure jsonb, -- why a checkout came to nothing
  ADD COLUMN request jsonb, -- the idempotency key whose response is stored when the saga ends
  DROP CONSTRAINT shop_order_status_check,
  ADD CONSTRAINT shop_order_status_check
    CHECK (status IN ('pending', 'placed', 'cancelling', 'cancelled', 'failed')),
  DROP CONSTRAINT shop_order_check,
  ADD CONSTRAINT shop_order_cancelled_check
    CHECK ((status IN ('cancelling', 'cancelled')) = (cancelled_at IS NOT NULL)),
  ADD CONSTRAINT shop_order_failure_check CHECK ((status = 'failed') = (failure IS NOT NULL));

-- A payment stands beside its order from the first commit on. When money moved says the transaction that moves it; an
-- order that came with its slot does not tell.
ALTER TABLE payment
  ALTER COLUMN charged_at DROP NOT NULL,
  DROP CONSTRAINT payment_status_check,
  ADD CONSTRAINT payment_status_check CHECK (status IN ('pending', 'charged', 'refunded', 'none')),
  DROP CONSTRAINT payment_check,
  ADD CONSTRAINT payment_refunded_check CHECK (refunded_at IS NULL OR status = 'refunded');

-- Two sides give numbers: odd ones here, even ones from 1,000,000 on there, so they never give the same.
DO $$
DECLARE
  following bigint;
BEGIN
  SELECT greatest(last_value + is_called::int, (SELECT coalesce(max(number), 0) + 1 FROM shop_order))
    INTO following FROM order_number;
  IF following > 1000000 THEN
    RAISE EXCEPTION 'orders have numbers up to % already: from 1,000,000 on the even ones are the other side''s',
      following - 1;
  END IF;
  ALTER SEQUENCE order_number INCREMENT BY 2;
  PERFORM setval('order_number', following | 1, false);
END
$$;

-- Lists go by time: numbers of two sides say nothing about who was first.
DROP INDEX shop_order_customer;
CREATE INDEX shop_order_customer ON shop_order (customer_id, placed_at DESC, id DESC);
CREATE INDEX shop_order_cart ON shop_order (customer_id, cart_version) WHERE cart_version IS NOT NULL;
CREATE INDEX shop_order_unfinished ON shop_order (placed_at, id) WHERE status IN ('pending', 'cancelling');
CREATE INDEX shop_order_slot ON shop_order (slot);

-- The canonical projection: an order as contracts/events/orders.ts has it, key for key.
CREATE VIEW order_record AS
  SELECT o.slot,
         o.id,
         jsonb_build_object(
           'id', o.id, 'number', o.number, 'customerId', o.customer_id, 'status', o.status,
           'placedAt', to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'cancelledAt', to_char(o.cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'shipTo', jsonb_build_object(
             'name', o.ship_name, 'street', o.ship_street, 'postcode', o.ship_postcode, 'city', o.ship_city,
             'country', o.ship_country
           ),
           'lines', (
             SELECT jsonb_agg(
               jsonb_build_object(
                 'line', l.line, 'sku', l.sku, 'name', l.name, 'unitAmount', l.unit_amount, 'quantity', l.quantity
               ) ORDER BY l.line
             ) FROM order_line l WHERE l.order_id = o.id
           ),
           'totalAmount', o.total_amount, 'currency', o.currency,
           'payment', jsonb_build_object('id', p.id, 'status', p.status, 'cardLast4', p.card_last4),
           'cartVersion', o.cart_version, 'failure', o.failure, 'request', o.request
         ) AS record
  FROM shop_order o JOIN payment p ON p.order_id = o.id;

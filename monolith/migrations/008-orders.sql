-- Numbers have gaps: a checkout that fails has drawn one.
CREATE SEQUENCE order_number AS integer;

CREATE TABLE shop_order (
  id text COLLATE "C" PRIMARY KEY,
  number integer NOT NULL UNIQUE DEFAULT nextval('order_number'),
  customer_id text COLLATE "C" NOT NULL,
  status text NOT NULL CHECK (status IN ('placed', 'cancelled')),
  placed_at timestamptz(3) NOT NULL,
  cancelled_at timestamptz(3),
  ship_name text NOT NULL,
  ship_street text NOT NULL,
  ship_postcode text NOT NULL,
  ship_city text NOT NULL,
  ship_country text NOT NULL CHECK (ship_country ~ '^[A-Z]{2}$'),
  total_amount bigint NOT NULL CHECK (total_amount >= 0),
  currency text NOT NULL,
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);
CREATE INDEX shop_order_customer ON shop_order (customer_id, number DESC);

-- Name and price as they were when it was ordered.
CREATE TABLE order_line (
  order_id text COLLATE "C" NOT NULL REFERENCES shop_order (id),
  line smallint NOT NULL CHECK (line >= 1),
  sku text COLLATE "C" NOT NULL,
  name text NOT NULL,
  unit_amount integer NOT NULL CHECK (unit_amount >= 0),
  quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 99),
  PRIMARY KEY (order_id, line)
);

-- Null: seeded before the shop had orders. The next seed adds them.
ALTER TABLE seeding ADD COLUMN orders integer;

-- Every change of a cart's lines makes another version: a version is ordered once.
ALTER TABLE cart ADD COLUMN version integer NOT NULL DEFAULT 0 CHECK (version >= 0);

-- Orders whose lines were taken out of their cart.
CREATE TABLE cart_ordered (
  order_id text COLLATE "C" PRIMARY KEY,
  ordered_at timestamptz(3) NOT NULL
);

CREATE TABLE category (
  id integer PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  parent_id integer REFERENCES category (id)
);

-- Fixed widths first, then what a search reads, then the rest: a search reads every row.
CREATE TABLE product (
  slot smallint NOT NULL, -- slotOf('catalog-data', id)
  available boolean NOT NULL,
  category_id integer NOT NULL REFERENCES category (id),
  price_amount integer NOT NULL CHECK (price_amount >= 0),
  popularity integer NOT NULL CHECK (popularity >= 0),
  version integer NOT NULL CHECK (version >= 1),
  updated_at timestamptz(3) NOT NULL,
  id text COLLATE "C" PRIMARY KEY,
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
  ) STORED,
  name text NOT NULL,
  currency text NOT NULL,
  description text NOT NULL,
  attributes jsonb NOT NULL
) WITH (toast_tuple_target = 4080); -- rows stay whole: unpacking them was most of a search's time
CREATE INDEX product_category ON product (category_id, popularity DESC, id);
-- No GIN index on `search`: a few hundred products did without when the shop was young, and nobody came back to it.

-- What lies in the warehouse, by SKU (the product's id). No reference to product: the warehouse has its own books.
CREATE TABLE stock (
  sku text COLLATE "C" PRIMARY KEY,
  on_hand integer NOT NULL CHECK (on_hand >= 0),
  updated_at timestamptz(3) NOT NULL
) WITH (fillfactor = 80);

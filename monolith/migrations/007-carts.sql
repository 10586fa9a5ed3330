-- A cart is a customer's, or a visitor's, who holds its secret in a cookie.
CREATE TABLE cart (
  id text COLLATE "C" PRIMARY KEY,
  customer_id text COLLATE "C" UNIQUE,
  secret_sha256 bytea,
  updated_at timestamptz(3) NOT NULL,
  CHECK ((customer_id IS NULL) <> (secret_sha256 IS NULL))
);

CREATE TABLE cart_line (
  cart_id text COLLATE "C" NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
  product_id text COLLATE "C" NOT NULL,
  quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 99),
  added_at timestamptz(3) NOT NULL,
  PRIMARY KEY (cart_id, product_id)
);

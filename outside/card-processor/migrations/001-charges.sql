-- A row without an amount is a tombstone: refunded before it came, so a late charge of that id is declined.
CREATE TABLE charge (
  id text COLLATE "C" PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('charged', 'declined', 'refunded')),
  reason text,
  amount bigint CHECK (amount >= 0),
  currency text,
  card_last4 text CHECK (card_last4 ~ '^[0-9]{4}$'),
  created_at timestamptz(3) NOT NULL,
  refunded_at timestamptz(3),
  CHECK ((amount IS NULL) = (currency IS NULL) AND (amount IS NULL) = (card_last4 IS NULL)),
  CHECK ((status = 'refunded') = (refunded_at IS NOT NULL)),
  CHECK (status <> 'declined' OR reason IS NOT NULL)
);

-- Written with its order. The id is the card processor's too; a charge that led to no order leaves no row here.
CREATE TABLE payment (
  id text COLLATE "C" PRIMARY KEY,
  order_id text COLLATE "C" NOT NULL UNIQUE,
  status text NOT NULL CHECK (status IN ('charged', 'refunded')),
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  card_last4 text NOT NULL CHECK (card_last4 ~ '^[0-9]{4}$'),
  charged_at timestamptz(3) NOT NULL,
  refunded_at timestamptz(3),
  CHECK ((status = 'refunded') = (refunded_at IS NOT NULL))
);

-- A charge that may be on its way: written before it is asked for, removed by the transaction that orders. What is left
-- behind (a crash, a processor that answers nobody) has no order, and is given back later.
CREATE TABLE charge_attempt (
  payment_id text COLLATE "C" PRIMARY KEY,
  started_at timestamptz(3) NOT NULL
);

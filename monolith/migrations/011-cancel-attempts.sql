-- A refund that may be on its way: written before it is asked for, removed by the transaction that cancels. What is left
-- behind (a crash, an answer that was lost) is cancelled later: the money may already be back with the customer.
CREATE TABLE cancel_attempt (
  id text COLLATE "C" PRIMARY KEY,
  order_id text COLLATE "C" NOT NULL,
  started_at timestamptz(3) NOT NULL
);
CREATE INDEX cancel_attempt_order ON cancel_attempt (order_id);

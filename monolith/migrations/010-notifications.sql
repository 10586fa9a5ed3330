-- What the shop told by mail, and how that went. Written inside the transaction of what it tells about.
CREATE TABLE notification (
  event_id text COLLATE "C" PRIMARY KEY,
  order_id text COLLATE "C" NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  message_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('sent', 'failed')),
  failure text,
  noted_at timestamptz(3) NOT NULL,
  CHECK ((status = 'failed') = (failure IS NOT NULL))
);
-- By order, for whoever is asked "where is my mail?": no index on order_id, nobody has asked often enough.

-- The tables of an owned capability's handover (design §5): the same piece in the database of either side. A database
-- takes it in before its own migrations, and each capability is opened there by `handover.open`.
CREATE SCHEMA handover;

-- One row per slot and side (§5.1). Equal epochs on both sides <=> one of them is owner.
CREATE TABLE handover.slot (
  capability text NOT NULL,
  slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 102), -- 101 and 102 are for rehearsals: no key hashes to them
  owner boolean NOT NULL,
  epoch bigint NOT NULL DEFAULT 1 CHECK (epoch >= 1),
  seq bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
  state text NOT NULL CHECK (state IN ('empty', 'filling', 'following', 'quarantined')),
  trouble_code text, -- why it stands still, or was quarantined
  trouble_detail text,
  trouble_seq bigint,
  trouble_since timestamptz,
  PRIMARY KEY (capability, slot),
  CHECK (NOT owner OR state = 'following'),
  CHECK ((trouble_code IS NULL) = (trouble_detail IS NULL)),
  CHECK (state <> 'quarantined' OR trouble_code IS NOT NULL)
) WITH (fillfactor = 50);

-- The last seq of every past epoch: what tells a duplicate of a past epoch from a foreign tail (§5.5).
CREATE TABLE handover.past_epoch (
  capability text NOT NULL,
  slot smallint NOT NULL,
  epoch bigint NOT NULL,
  last_seq bigint NOT NULL,
  PRIMARY KEY (capability, slot, epoch)
);

-- Exactly one row per transaction and slot (§5.2).
CREATE TABLE handover.outbox (
  capability text NOT NULL,
  slot smallint NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  epoch bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('event', 'handover')),
  next_epoch bigint, -- of a handover: the epoch at which the receiver owns
  event_id uuid NOT NULL DEFAULT gen_random_uuid(),
  changes jsonb NOT NULL DEFAULT '[]',
  key jsonb, -- the idempotency key with its body's hash and the response to replay
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (capability, slot, seq),
  CHECK ((kind = 'handover') = (next_epoch IS NOT NULL)),
  CHECK (kind = 'event' OR key IS NULL)
);

-- Idempotency keys (§5.3). No response: the request that brought the key is still in progress.
CREATE TABLE handover.key (
  capability text NOT NULL,
  slot smallint NOT NULL,
  principal text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  response jsonb,
  PRIMARY KEY (capability, slot, principal, route, key)
);

-- Events that an old owner wrote after its epoch was closed: stored row by row and shown, never applied (§5.5).
CREATE TABLE handover.foreign_tail (
  capability text NOT NULL,
  slot smallint NOT NULL,
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  event_id uuid NOT NULL,
  event jsonb NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (capability, slot, epoch, seq, event_id)
);

-- The highest fencing token of a controller that was seen here (§5.14): one row.
CREATE TABLE handover.controller (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  token bigint NOT NULL DEFAULT 0
);
INSERT INTO handover.controller DEFAULT VALUES;

-- What the relay has noted as sent to the log, and the lease of the one relay of this side (§5.4).
CREATE TABLE handover.sent (
  capability text NOT NULL,
  slot smallint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (capability, slot)
) WITH (fillfactor = 50);

CREATE TABLE handover.lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  token bigint NOT NULL,
  expires_at timestamptz NOT NULL
);

-- How far a reader of the embedded log has read its peer's outbox: what Kafka keeps as a group's offsets.
CREATE TABLE handover.consumed (
  reader text NOT NULL,
  capability text NOT NULL,
  slot smallint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (reader, capability, slot)
) WITH (fillfactor = 50);

-- What moves with a slot besides the capability's own rows, in the canonical projection: reconcile compares it too.
CREATE VIEW handover.carried AS
  SELECT capability, slot, jsonb_build_array('key', principal, route, key)::text AS id,
         jsonb_build_object('bodyHash', body_hash, 'response', response) AS record
  FROM handover.key
  UNION ALL
  SELECT capability, slot, jsonb_build_array('past-epoch', epoch)::text,
         jsonb_build_object('lastSeq', last_seq)
  FROM handover.past_epoch;

-- All that the other side's role may read here: the peer port (§5.5).
CREATE SCHEMA handover_feed;
CREATE VIEW handover_feed.slot AS
  SELECT capability, slot, owner, epoch, seq, state FROM handover.slot;
CREATE VIEW handover_feed.outbox AS
  SELECT capability, slot, seq, epoch, kind, next_epoch, event_id, changes, key, created_at FROM handover.outbox;

-- Opens a capability in this database: both sides start at epoch 1, the first owner's slots `following`, the other's
-- `empty`. A capability's own migration calls it once.
CREATE FUNCTION handover.open(capability text, owner boolean) RETURNS void LANGUAGE sql AS $$
  INSERT INTO handover.slot (capability, slot, owner, state)
  SELECT $1, slot, $2, CASE WHEN $2 THEN 'following' ELSE 'empty' END FROM generate_series(1, 102) AS slot;
  INSERT INTO handover.sent (capability, slot, seq) SELECT $1, slot, 0 FROM generate_series(1, 102) AS slot;
$$;

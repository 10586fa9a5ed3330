-- The text that platform/log/README.md prescribes to an owner.
CREATE TABLE slot (
  capability text NOT NULL,
  slot smallint NOT NULL CHECK (slot >= 1),
  seq bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
  written_in xid8, -- the transaction that wrote seq: a second outbox row in the same one is refused
  PRIMARY KEY (capability, slot)
) WITH (fillfactor = 50);

CREATE TABLE outbox (
  capability text NOT NULL,
  slot smallint NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  payload jsonb NOT NULL, -- { "changes": [...] }; capability, slot and seq stand in their columns only
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (capability, slot, seq)
);

INSERT INTO slot (capability, slot) SELECT 'catalog', generate_series(1, 100);

CREATE SCHEMA feed;
CREATE VIEW feed.slot AS SELECT capability, slot, seq FROM public.slot;
CREATE VIEW feed.outbox AS SELECT capability, slot, seq, payload, created_at FROM public.outbox;

-- The copy's slot rows (platform/log/README.md, design §5.1). What a row says:
--   empty        nothing in it yet               -> filling
--   filling      a back-fill is at it, or died   -> following
--   following    takes the next event            -> quarantined
--   quarantined  proved wrong or incomplete      -> filling (the only way out is a re-fill)
-- trouble_* says in words, with a code, why a slot is quarantined or why a following one stands still.
CREATE TABLE copy (
  capability text NOT NULL,
  slot smallint NOT NULL CHECK (slot >= 1),
  seq bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
  state text NOT NULL DEFAULT 'empty' CHECK (state IN ('empty', 'filling', 'following', 'quarantined')),
  trouble_code text,
  trouble_detail text,
  trouble_seq bigint,
  trouble_since timestamptz,
  PRIMARY KEY (capability, slot),
  CHECK ((trouble_code IS NULL) = (trouble_detail IS NULL)),
  CHECK (state <> 'quarantined' OR trouble_code IS NOT NULL)
) WITH (fillfactor = 50);

INSERT INTO copy (capability, slot) SELECT 'catalog', generate_series(1, 100);

-- The copy's rows in the canonical projection: the same text as the owner's feed gives for the same data. Reconcile
-- compares these two.
CREATE SCHEMA feed;
CREATE VIEW feed.product AS
  SELECT p.slot,
         p.id,
         jsonb_build_object(
           'id', p.id, 'name', p.name, 'description', p.description, 'category', p.category,
           'priceAmount', p.price_amount, 'currency', p.currency, 'available', p.available,
           'popularity', p.popularity, 'attributes', p.attributes, 'version', p.version,
           'updatedAt', to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
         ) AS record
  FROM public.product p;
CREATE VIEW feed.category AS
  SELECT c.slug AS id, jsonb_build_object('slug', c.slug, 'name', c.name, 'parent', c.parent) AS record
  FROM public.category c;

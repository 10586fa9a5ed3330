-- The catalog as the log carries it: contracts/events/catalog.ts, key for key.
CREATE VIEW feed.product AS
  SELECT p.slot,
         p.id,
         jsonb_build_object(
           'id', p.id, 'name', p.name, 'description', p.description, 'category', c.slug,
           'priceAmount', p.price_amount, 'currency', p.currency, 'available', p.available,
           'popularity', p.popularity, 'attributes', p.attributes, 'version', p.version,
           'updatedAt', to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
         ) AS record
  FROM public.product p JOIN public.category c ON c.id = p.category_id;
CREATE VIEW feed.category AS
  SELECT c.slug AS id,
         jsonb_build_object('slug', c.slug, 'name', c.name, 'parent', parent.slug) AS record
  FROM public.category c LEFT JOIN public.category parent ON parent.id = c.parent_id;
CREATE INDEX product_slot ON product (slot);

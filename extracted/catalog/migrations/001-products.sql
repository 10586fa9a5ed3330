-- What the monolith's records say. The follower and the back-fill write these two tables and no others …

CREATE TABLE category (
  slug text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  parent text COLLATE "C"
);

CREATE TABLE product (
  id text COLLATE "C" PRIMARY KEY,
  slot smallint NOT NULL, -- slotOf('catalog-data', id): the slot of its events
  name text NOT NULL,
  description text NOT NULL,
  category text COLLATE "C" NOT NULL REFERENCES category,
  price_amount integer NOT NULL CHECK (price_amount >= 0),
  currency text NOT NULL,
  available boolean NOT NULL,
  popularity integer NOT NULL CHECK (popularity >= 0),
  attributes jsonb NOT NULL,
  version integer NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
  ) STORED
);
CREATE INDEX product_slot ON product (slot);
CREATE INDEX product_related ON product (category, popularity DESC, id);
CREATE INDEX product_search ON product USING gin (search);

-- … and what is derived from them, so that a read has nothing left to compute. Triggers keep it, whoever writes.

-- A category with its way from the top (itself last) and its children by slug.
CREATE TABLE aisle (
  slug text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  way text[] COLLATE "C" NOT NULL,
  breadcrumb jsonb NOT NULL,
  children jsonb NOT NULL
);

-- Each product once under every category on its way, and once under '' (the whole shop). A page of a list is one range
-- of shelf_order, already in order, however deep the categories are nested.
CREATE TABLE shelf (
  product text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  popularity integer NOT NULL,
  slot smallint NOT NULL,
  PRIMARY KEY (product, category)
);
CREATE INDEX shelf_order ON shelf (category, popularity DESC, product);

-- How many products stand on a shelf, by slot: who writes a slot holds its lock, so no two transactions wait for one
-- row of this table, and a total is a sum of at most 100 rows.
CREATE TABLE tally (
  category text COLLATE "C" NOT NULL,
  slot smallint NOT NULL,
  products integer NOT NULL CHECK (products >= 0),
  PRIMARY KEY (category, slot) INCLUDE (products)
);

CREATE FUNCTION shelve(ids text[]) RETURNS void LANGUAGE sql AS $$
  WITH placed AS (
    INSERT INTO shelf (product, category, popularity, slot)
      SELECT product.id, place, product.popularity, product.slot
      FROM product JOIN aisle ON aisle.slug = product.category, unnest(array_prepend('', aisle.way)) AS place
      WHERE product.id = ANY (ids)
    RETURNING category, slot
  )
  INSERT INTO tally (category, slot, products)
    SELECT category, slot, count(*) FROM placed GROUP BY category, slot
  ON CONFLICT (category, slot) DO UPDATE SET products = tally.products + excluded.products
$$;

CREATE FUNCTION unshelve(ids text[]) RETURNS void LANGUAGE sql AS $$
  WITH taken AS (
    DELETE FROM shelf WHERE product = ANY (ids) RETURNING category, slot
  ), fewer AS (
    SELECT category, slot, count(*) AS products FROM taken GROUP BY category, slot
  )
  UPDATE tally SET products = tally.products - fewer.products
  FROM fewer WHERE tally.category = fewer.category AND tally.slot = fewer.slot
$$;

CREATE FUNCTION product_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM shelve(ARRAY(SELECT id FROM added));
  RETURN NULL;
END $$;

CREATE FUNCTION product_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM unshelve(ARRAY(SELECT id FROM removed));
  RETURN NULL;
END $$;

-- Most edits change neither category nor popularity: they touch no shelf.
CREATE FUNCTION product_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved text[] := ARRAY(
    SELECT id FROM (SELECT id, category, popularity, slot FROM removed
                    EXCEPT SELECT id, category, popularity, slot FROM added) AS before
  );
BEGIN
  IF moved <> '{}' THEN
    PERFORM unshelve(moved);
    PERFORM shelve(moved);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER product_added AFTER INSERT ON product
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION product_added();
CREATE TRIGGER product_removed AFTER DELETE ON product
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION product_removed();
CREATE TRIGGER product_changed AFTER UPDATE ON product
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION product_changed();

-- What `aisle` has to say, from the categories as they are now.
CREATE VIEW aisle_now AS
  WITH RECURSIVE walk AS (
    SELECT slug, name, ARRAY[slug] AS way,
           jsonb_build_array(jsonb_build_object('slug', slug, 'name', name)) AS breadcrumb
    FROM category WHERE parent IS NULL
    UNION ALL
    SELECT child.slug, child.name, walk.way || child.slug,
           walk.breadcrumb || jsonb_build_object('slug', child.slug, 'name', child.name)
    FROM category AS child JOIN walk ON child.parent = walk.slug
  )
  SELECT slug, name, way, breadcrumb,
         coalesce((SELECT jsonb_agg(jsonb_build_object('slug', child.slug, 'name', child.name) ORDER BY child.slug)
                   FROM category AS child WHERE child.parent = walk.slug), '[]') AS children
  FROM walk;

-- Categories come with the back-fill only, and nearly always the same again: then nothing is rebuilt.
CREATE FUNCTION category_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (TABLE aisle_now EXCEPT TABLE aisle) OR EXISTS (TABLE aisle EXCEPT TABLE aisle_now) THEN
    LOCK TABLE product IN SHARE ROW EXCLUSIVE MODE; -- no product may be shelved by the old ways meanwhile
    DELETE FROM aisle;
    INSERT INTO aisle TABLE aisle_now;
    DELETE FROM shelf;
    DELETE FROM tally;
    PERFORM shelve(ARRAY(SELECT id FROM product));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER category_changed AFTER INSERT OR UPDATE OR DELETE ON category
  FOR EACH STATEMENT EXECUTE FUNCTION category_changed();

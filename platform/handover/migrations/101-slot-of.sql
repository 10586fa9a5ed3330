-- The slot of a key, in SQL: contracts/slot.ts, bit for bit (a test holds the two together). With it a table can have its
-- rows' slot as a generated column, also for rows that were there before anyone thought of slots.
CREATE FUNCTION handover.times(a bigint, b bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
  -- a × b mod 2^32, for a and b below 2^32: the whole product would not fit into a bigint.
  SELECT ((a & 65535) * b + ((((a >> 16) * b) & 65535) << 16)) & 4294967295
$$;

-- murmur3-32 (Austin Appleby, public domain), seed 0, of `group:value`, mod 100, plus 1. ASCII only.
CREATE FUNCTION handover.slot_of(grp text, val text) RETURNS smallint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  whole text := grp || ':' || val;
  data bytea := convert_to(whole, 'UTF8');
  n int := length(data);
  hash bigint := 0;
  block bigint;
  i int := 0;
BEGIN
  IF n <> char_length(whole) THEN
    RAISE EXCEPTION 'a slot key has a character outside ASCII';
  END IF;
  WHILE i < n LOOP
    block := 0;
    FOR j IN 0..least(3, n - i - 1) LOOP
      block := block | (get_byte(data, i + j)::bigint << (8 * j));
    END LOOP;
    block := handover.times(block, 3432918353);
    block := ((block << 15) | (block >> 17)) & 4294967295;
    hash := hash # handover.times(block, 461845907);
    IF n - i >= 4 THEN
      hash := ((hash << 13) | (hash >> 19)) & 4294967295;
      hash := (hash * 5 + 3864292196) & 4294967295;
    END IF;
    i := i + 4;
  END LOOP;
  hash := hash # n;
  hash := handover.times(hash # (hash >> 16), 2246822507);
  hash := handover.times(hash # (hash >> 13), 3266489909);
  hash := hash # (hash >> 16);
  RETURN hash % 100 + 1;
END
$$;

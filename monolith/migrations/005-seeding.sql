-- One row once the demo data is in: with which numbers it was made.
CREATE TABLE seeding (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  seed bigint NOT NULL,
  products integer NOT NULL,
  customers integer NOT NULL
);

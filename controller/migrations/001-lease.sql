-- The controller's own database: its lease, in the form that platform/handover/outbox/lease.ts takes and gives (design §5.14).
CREATE SCHEMA handover;
CREATE TABLE handover.lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  token bigint NOT NULL,
  expires_at timestamptz NOT NULL
);

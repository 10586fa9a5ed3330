-- With CHECKOUT=saga nobody sends a mail inside a request: what is to be told is noted as `due` in the transaction that
-- takes the order, and the monolith's worker sends it. To whom and how it is called is looked up when it is sent.
ALTER TABLE notification
  ALTER COLUMN recipient DROP NOT NULL,
  ALTER COLUMN subject DROP NOT NULL,
  ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Of a due one: not before. Whoever is sending it has moved this ahead, and holds it until then.
  ADD COLUMN next_try_at timestamptz(3),
  DROP CONSTRAINT notification_status_check,
  DROP CONSTRAINT notification_check,
  ADD CHECK (status IN ('due', 'sent', 'failed')),
  ADD CHECK ((status = 'due') = (next_try_at IS NOT NULL)),
  -- A due one may say why the last try failed.
  ADD CHECK (status = 'due' OR (status = 'failed') = (failure IS NOT NULL)),
  ADD CHECK (status <> 'sent' OR (recipient IS NOT NULL AND subject IS NOT NULL));

CREATE INDEX notification_due ON notification (next_try_at) WHERE status = 'due';

-- A key belongs to the caller who sent it. Until now keys belonged to everybody, as they still do where no tokens are set: caller ''.
CREATE TABLE idempotency_keys_of_callers (
  id INTEGER PRIMARY KEY,
  -- A digest of the caller's token.
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  -- Counts a caller's keys, without a gap: what is `n` or more below the highest has been followed by `n` newer ones.
  ordinal INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  booking_id INTEGER NOT NULL REFERENCES bookings (id),
  created_at TEXT NOT NULL,
  UNIQUE (caller, key)
) STRICT;

INSERT INTO idempotency_keys_of_callers
SELECT NULL, '', key, row_number() OVER (ORDER BY created_at, key), body_sha256, booking_id, created_at
FROM idempotency_keys
WHERE created_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day');

DROP TABLE idempotency_keys;
ALTER TABLE idempotency_keys_of_callers RENAME TO idempotency_keys;

CREATE UNIQUE INDEX idempotency_keys_in_order ON idempotency_keys (caller, ordinal);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

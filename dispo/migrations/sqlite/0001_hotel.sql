CREATE TABLE rooms (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE bookings (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  start TEXT NOT NULL,
  "end" TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('booked', 'checked_in', 'checked_out', 'cancelled')),
  cleaning TEXT NOT NULL CHECK (cleaning IN ('pending', 'planned', 'failed')),
  revision INTEGER NOT NULL,
  CHECK ("end" >= start)
) STRICT;

-- The bookings that keep a room from being let. They do not overlap, so of all that begin before a day only the last one can reach
-- beyond it: one step in this index answers whether a room is free, however long its history. A stay that was ended on the day
-- it began holds no night.
CREATE INDEX bookings_by_room ON bookings (room_id, start, "end") WHERE status <> 'cancelled' AND start < "end";

-- An event stays here until its consumer has confirmed it.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  booking_id INTEGER NOT NULL REFERENCES bookings (id),
  type TEXT NOT NULL,
  time TEXT NOT NULL,
  data TEXT NOT NULL,
  traceparent TEXT,
  tracestate TEXT,
  baggage TEXT,
  -- How many times it has been published, as far as is known.
  attempt INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  body_sha256 TEXT NOT NULL,
  booking_id INTEGER NOT NULL REFERENCES bookings (id),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

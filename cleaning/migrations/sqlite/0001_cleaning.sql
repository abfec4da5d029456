-- Ids of processed events: delivery is at least once, the effect happens once.
CREATE TABLE processed_events (
  id TEXT PRIMARY KEY,
  processed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The state of each booking as of its highest known revision.
CREATE TABLE stays (
  booking_id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL,
  room_id INTEGER NOT NULL,
  room TEXT NOT NULL,
  start TEXT NOT NULL,
  "end" TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('booked', 'checked_in', 'checked_out', 'cancelled')),
  CHECK ("end" >= start)
) STRICT;

CREATE INDEX stays_checked_in ON stays (room_id) WHERE status = 'checked_in';

CREATE TABLE tasks (
  -- Never reused: a client may still have the id of a deleted task, and must not finish another task with it.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  booking_id INTEGER NOT NULL REFERENCES stays (booking_id),
  day TEXT NOT NULL,
  room_id INTEGER NOT NULL,
  room TEXT NOT NULL,
  final INTEGER NOT NULL CHECK (final IN (0, 1)),
  done_at TEXT,
  UNIQUE (booking_id, day)
) STRICT;

CREATE INDEX tasks_by_day ON tasks (day, room);

-- Reads the state of a room in one step, however long its history.
CREATE INDEX tasks_open_final ON tasks (room_id) WHERE final = 1 AND done_at IS NULL;

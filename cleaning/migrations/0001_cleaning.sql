-- The events that have had their effect: the same event may come again, and has it once.
CREATE TABLE processed_events (
  id TEXT PRIMARY KEY,
  processed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each booking as the highest revision heard of tells it.
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
  -- Never used again: a cleaner may still hold the id of a task that is gone, and must not tick off another one with it.
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

-- With it the state of a room is one step, however long its history.
CREATE INDEX tasks_open_final ON tasks (room_id) WHERE final = 1 AND done_at IS NULL;

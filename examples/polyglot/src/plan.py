"""The effect of an event. It happens once, although an event may be delivered more than once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from envelope import BookingEvent

SCHEMA = """
CREATE TABLE IF NOT EXISTS processed_events (event_id TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS stays (
  booking_id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  revision INTEGER NOT NULL,
  room TEXT NOT NULL,
  "start" TEXT NOT NULL,
  "end" TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
"""
UPSERT = """
INSERT INTO stays VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (booking_id) DO UPDATE SET epoch = excluded.epoch, revision = excluded.revision, room = excluded.room,
  "start" = excluded."start", "end" = excluded."end", state = excluded.state
WHERE (excluded.epoch, excluded.revision) > (stays.epoch, stays.revision)
"""


class Plan:
    def __init__(self, file: Path):
        self._file = file
        with self._open() as db:
            db.executescript(SCHEMA)

    def apply(self, event: BookingEvent) -> str:
        """Returns `applied`, `duplicate`, or `outdated` if a newer event of the booking was applied before."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("INSERT OR IGNORE INTO processed_events VALUES (?)", [event.id]).rowcount == 0:
                return "duplicate"
            state = event.type.removeprefix("booking.")
            row = [event.booking_id, event.epoch, event.revision, event.room, event.start, event.end, state]
            return "applied" if db.execute(UPSERT, row).rowcount == 1 else "outdated"

    def stays(self) -> list[dict]:
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute('SELECT * FROM stays ORDER BY "start", room')]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction on a connection of its own, since jobs and requests run in different threads."""
        with closing(sqlite3.connect(self._file)) as db, db:
            yield db

"""The effect of an event. It happens once, although an event may be delivered more than once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
STAY = "SELECT epoch, revision FROM stays WHERE booking_id = ?"


@dataclass(frozen=True)
class Applied:
    outcome: Literal["applied", "duplicate", "outdated"]
    is_planned: bool
    """Whether the plan has this event, and no later one of its booking."""
    epoch: str
    """The epoch of the booking's stay."""


class Plan:
    def __init__(self, file: Path) -> None:
        self._file = file
        with self._transaction() as db:
            db.executescript(SCHEMA)

    def apply(self, event: BookingEvent) -> Applied:
        """Records the event and its effect. An older event of the booking never replaces a newer one."""
        with self._transaction() as db:
            db.execute("BEGIN IMMEDIATE")
            is_new = db.execute("INSERT OR IGNORE INTO processed_events VALUES (?)", [event.id]).rowcount == 1
            state = event.type.removeprefix("booking.")
            row = [event.booking_id, event.epoch, event.revision, event.room, event.start, event.end, state]
            is_newest = is_new and db.execute(UPSERT, row).rowcount == 1
            epoch, revision = db.execute(STAY, [event.booking_id]).fetchone()
        is_planned = (epoch, revision) == (event.epoch, event.revision)
        if not is_new:
            return Applied("duplicate", is_planned, epoch)
        return Applied("applied" if is_newest else "outdated", is_planned, epoch)

    def stays(self) -> list[dict[str, object]]:
        with self._transaction() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute('SELECT * FROM stays ORDER BY "start", room')]

    def check(self) -> None:
        """Raises sqlite3.Error unless the plan can be written."""
        with self._transaction() as db:
            db.execute("BEGIN IMMEDIATE")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """On a connection of its own, since jobs and requests run in different threads."""
        with closing(sqlite3.connect(self._file)) as db, db:
            yield db

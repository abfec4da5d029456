-- The epoch that the revision belongs to, see the contracts. '' sorts before every epoch.
ALTER TABLE stays ADD COLUMN epoch TEXT NOT NULL DEFAULT '';

-- 1 from check-in until the final clean after check-out.
ALTER TABLE stays ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0 CHECK (dirty IN (0, 1));

UPDATE stays SET dirty = 1
WHERE status = 'checked_in'
  OR (status = 'checked_out' AND EXISTS (
    SELECT 1 FROM tasks
    WHERE tasks.booking_id = stays.booking_id AND tasks.room_id = stays.room_id AND tasks.final = 1 AND tasks.done_at IS NULL));

-- Reads the state of a room, and what is overdue, in one step, however long the history.
CREATE INDEX stays_dirty ON stays (room_id) WHERE dirty = 1;
DROP INDEX stays_checked_in;
DROP INDEX tasks_open_final;

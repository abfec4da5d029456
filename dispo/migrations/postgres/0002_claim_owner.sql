-- oldest code: 0001_hotel.sql
-- The relay that last wrote or claimed the event. It may claim it again at once, others only after a moment. NULL where
-- older code wrote it.
ALTER TABLE outbox ADD COLUMN claimed_by uuid;

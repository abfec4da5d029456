-- The day of the check-out, where it is not "end": an event that is published again has to say so again.
ALTER TABLE bookings ADD COLUMN departed TEXT;

-- Whether an event of a booking is on its way is asked at each check-in and whenever a booking is published again.
CREATE INDEX outbox_by_booking ON outbox (booking_id);

-- The guests a room has had: what a check-in has to know of them is read from here alone.
CREATE INDEX bookings_guests ON bookings (room_id, status, cleaning) WHERE status IN ('checked_in', 'checked_out');

-- Two guests are never in a room together, whatever the code above believes.
CREATE UNIQUE INDEX bookings_one_guest ON bookings (room_id) WHERE status = 'checked_in';

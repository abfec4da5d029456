-- W3C traceparent of the callback that said how far the cleaning of the booking is: the trace to look at.
ALTER TABLE bookings ADD COLUMN cleaning_traceparent TEXT;

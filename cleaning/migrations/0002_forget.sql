-- Which events are old enough to be forgotten.
CREATE INDEX processed_events_by_time ON processed_events (processed_at);

CREATE TABLE reservations (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL,
  item_id TEXT NOT NULL
) STRICT;

CREATE TABLE users (
  username TEXT PRIMARY KEY,
  credits INTEGER NOT NULL CHECK (credits >= 0)
) STRICT;

-- Which reservation a credit went to, so that it is spent once and can be given back once.
CREATE TABLE spent (
  reservation_id TEXT PRIMARY KEY,
  username TEXT NOT NULL REFERENCES users (username)
) STRICT;

INSERT INTO users VALUES ('test', 3), ('broke', 0);

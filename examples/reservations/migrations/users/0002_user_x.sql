-- `/users/x/limits` is the path of the tutorial's code.
INSERT INTO users VALUES ('x', 3);

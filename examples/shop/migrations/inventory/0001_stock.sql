CREATE TABLE stock (
  product_id INTEGER PRIMARY KEY,
  stock INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;

-- What has been taken out of the stock, and for whom, so that it can be given back once.
CREATE TABLE reservations (
  order_id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES stock (product_id),
  quantity INTEGER NOT NULL CHECK (quantity > 0)
) STRICT;

INSERT INTO stock VALUES (1, 100), (2, 10), (3, 2);

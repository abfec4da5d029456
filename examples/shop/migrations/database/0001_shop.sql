CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL) STRICT;
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL) STRICT;
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0)
) STRICT;

INSERT INTO users VALUES
  (123, 'Ada', 'ada@shop.example'),
  (456, 'Grace', 'grace@shop.example'),
  (789, 'Edsger', 'edsger@shop.example');
INSERT INTO products VALUES (1, 'Tea', 450), (2, 'Teapot', 2900), (3, 'Samovar', 24900);
INSERT INTO orders VALUES (123, 123, 1, 2), (456, 456, 2, 1);

import { integer, sqliteTable, text } from '@hotel/sqlite/drizzle';
import { z } from 'zod';
import { idSchema } from '../../src/input.ts';

/** Allow-list: only these tables can be queried, and no SQL goes over the wire. */
export const tables = {
  users: sqliteTable('users', { id: integer().primaryKey(), name: text().notNull(), email: text().notNull() }),
  products: sqliteTable('products', {
    id: integer().primaryKey(),
    name: text().notNull(),
    price_cents: integer().notNull(),
  }),
  orders: sqliteTable('orders', {
    id: integer().primaryKey(),
    user_id: integer().notNull(),
    product_id: integer().notNull(),
    quantity: integer().notNull(),
  }),
};

const tableSchema = z.enum(['users', 'products', 'orders']);

/** `?table=users&id=123` */
export const querySchema = z.strictObject({ table: tableSchema, id: idSchema });

const name = z.string().min(1).max(100);
const id = z.int().positive();

/** `{"table": "users", "row": {"name": "Ada", "email": "ada@shop.example"}}`; the database assigns the id. */
export const insertSchema = z.discriminatedUnion('table', [
  z.strictObject({ table: z.literal('users'), row: z.strictObject({ name, email: name }) }),
  z.strictObject({ table: z.literal('products'), row: z.strictObject({ name, price_cents: z.int().min(0) }) }),
  z.strictObject({
    table: z.literal('orders'),
    row: z.strictObject({ user_id: id, product_id: id, quantity: z.int().positive() }),
  }),
]);

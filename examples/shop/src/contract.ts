import { databaseErrors, type ErrorTable } from '@hotel/http';
import { z } from 'zod';
import { downstreamErrors } from '../../src/client.ts';
import { idSchema } from '../../src/input.ts';

/** Schemas of the calls between the shop's services. */
export const userSchema = z.object({ id: z.int(), name: z.string(), email: z.string() });
export const orderSchema = z.object({ id: z.int(), user_id: z.int(), product_id: z.int(), quantity: z.int() });

/** The query of a new order: `POST /orders?user_id=123&product_id=1&quantity=2`. */
export const newOrderSchema = z.strictObject({
  user_id: idSchema,
  product_id: idSchema,
  quantity: z.coerce.number('should be a number from 1 to 1000').int().min(1).max(1_000),
});

/** Body of `POST /inventory/check` and `/inventory/reserve`. */
export const itemSchema = z.strictObject({
  product_id: z.int().positive(),
  quantity: z.int().min(1).max(1_000),
  /** The order that reserves. A reservation without it cannot be released. */
  order_id: z.int().positive().optional(),
});
export const stockSchema = z.object({ product_id: z.int(), stock: z.int(), available: z.boolean() });

/** Every domain error of the shop and its HTTP status, in whichever service it surfaces. */
export const errors = {
  ...downstreamErrors,
  user_not_found: { status: 404 },
  order_not_found: { status: 404 },
  product_not_found: { status: 404 },
  out_of_stock: { status: 409 },
  row_not_found: { status: 404 },
  unknown_reference: { status: 422 },
  ...databaseErrors,
} satisfies ErrorTable;

/** Attribute and event names of the shop's custom spans. */
export const ATTR_USER_ID = 'shop.user.id';
export const ATTR_ORDER_ID = 'shop.order.id';
export const ATTR_PRODUCT_ID = 'shop.product.id';
export const ATTR_QUANTITY = 'shop.quantity';
export const ATTR_STOCK = 'shop.stock';

import { type BookingEventData, eventSchema } from '@hotel/contracts';
import { dateSchema, positiveSchema } from '@hotel/http';
import type { z } from 'zod';

type ColumnType = 'integer' | 'text';

/** A field that every booking has. */
function required<C extends ColumnType, S extends z.ZodType>(column: C, schema: S) {
  return { column, isNullable: false as const, read: schema, create: schema, change: schema.optional() };
}

/** A field that is null if the caller omits it. Fields that are added later are optional: older bookings lack them. */
function optional<C extends ColumnType, S extends z.ZodType>(column: C, schema: S) {
  const read = schema.nullable();
  return { column, isNullable: true as const, read, create: read.default(null), change: read.optional() };
}

const field = { required, optional };
const day = (example: string, description: string) => dateSchema.openapi({ example, description });

/**
 * The fields of a booking that the caller chooses. Columns, statements, request and response schemas, the OpenAPI
 * document, the idempotency hash and event data are derived from this list. Events carry the fields that the schema of
 * their data in `@hotel/contracts` has, too.
 */
export const stayFields = {
  room_id: field.required('integer', positiveSchema.openapi({ example: 1 })),
  start: field.required('text', day('2027-02-04', 'The day of arrival')),
  end: field.required('text', day('2027-02-06', 'The day of departure, after start')),
};

export type StayFields = typeof stayFields;
export type StayField = keyof StayFields;
export type Stay = { [F in StayField]: z.infer<StayFields[F]['read']> };
type NullableField = { [F in StayField]: StayFields[F]['isNullable'] extends true ? F : never }[StayField];
/** A stay whose nullable fields may be absent. */
export type NewStay = Omit<Stay, NullableField> & { [F in NullableField]?: Stay[F] | undefined };
/** Fields that are absent or undefined stay as they are. */
export type StayChange = { [F in StayField]?: Stay[F] | undefined };

const names = Object.keys(stayFields) as StayField[];

/** Maps each field. `Mapped` names the type of each result. */
export function mapFields<Mapped extends Record<StayField, unknown>>(
  map: (name: StayField) => Mapped[StayField],
): Mapped {
  return Object.fromEntries(names.map((name) => [name, map(name)])) as Mapped;
}

/** The schemas of one purpose, as the shape of an object. */
export function shapeOf<Purpose extends 'read' | 'create' | 'change'>(purpose: Purpose) {
  return Object.fromEntries(names.map((name) => [name, stayFields[name][purpose]])) as {
    [F in StayField]: StayFields[F][Purpose];
  };
}

export function completeStay(stay: NewStay): Stay {
  const given: Partial<Record<StayField, unknown>> = stay;
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null])) as Stay;
}

export function changedStay(stay: Stay, change: StayChange): Stay {
  return mapFields<Stay>((name) => (change[name] === undefined ? stay[name] : change[name]));
}

export function isSameStay(a: Stay, b: Stay): boolean {
  return names.every((name) => a[name] === b[name]);
}

/** The text that identifies a stay. A null field adds nothing, so that a new field does not change existing hashes. */
export function stayText(stay: Stay): string {
  const values: unknown[] = names.map((name) => stay[name]);
  return JSON.stringify(values.slice(0, values.findLastIndex((value) => value !== null) + 1));
}

type PublishedField = StayField & keyof BookingEventData;
const published = names.filter((name): name is PublishedField => name in eventSchema.shape.data.shape);

/** The fields of a stay that events carry; null fields are omitted. */
export function publishedStay(stay: Stay): Pick<BookingEventData, PublishedField> {
  return Object.fromEntries(published.filter((name) => stay[name] !== null).map((name) => [name, stay[name]])) as Pick<
    BookingEventData,
    PublishedField
  >;
}

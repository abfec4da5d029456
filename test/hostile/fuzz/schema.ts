/** JSON Schema 2020-12 as far as our documents use it. Separate from the services, so that they do not validate their own responses. */
export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  additionalProperties?: boolean;
}
export type Schemas = Record<string, Schema>;

const KNOWN = new Set([
  ...[
    '$ref',
    'allOf',
    'type',
    'properties',
    'required',
    'items',
    'enum',
    'pattern',
    'format',
    'minLength',
    'maxLength',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'additionalProperties', 'example', 'description', 'default'],
]);

/** Resolves references and combined schemas. */
export function resolve(schema: Schema, schemas: Schemas): Schema {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown !== undefined) throw new Error(`the document uses ${unknown}, which this test cannot judge`);
  if (schema.$ref !== undefined)
    return resolve(schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {}, schemas);
  if (schema.allOf === undefined) return schema;
  const parts = schema.allOf.map((part) => resolve(part, schemas));
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  };
}

/** Violations of a schema, one sentence each. Unknown fields are violations, too. */
export function mismatches(value: unknown, given: Schema, schemas: Schemas, at = 'body'): string[] {
  const schema = resolve(given, schemas);
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}`];
  switch (schema.type) {
    case 'object':
      return objectMismatches(value, schema, schemas, at);
    case 'array':
      if (!Array.isArray(value)) return [`${at} is not an array`];
      return value.flatMap((item, i) => mismatches(item, schema.items ?? {}, schemas, `${at}[${i}]`));
    case 'string':
      return typeof value === 'string' ? stringMismatches(value, schema, at) : [`${at} is not a string`];
    case 'integer':
      return Number.isSafeInteger(value) ? numberMismatches(value as number, schema, at) : [`${at} is not an integer`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is not a boolean`];
    default:
      throw new Error(`${at}: the document has the type ${schema.type}, which this test cannot judge`);
  }
}

function objectMismatches(value: unknown, schema: Schema, schemas: Schemas, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`];
  const { properties = {}, required = [] } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}.${name} is missing`);
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return of ? mismatches(field, of, schemas, `${at}.${name}`) : [`${at}.${name} is not in the document`];
  });
  return [...missing, ...wrong];
}

function stringMismatches(value: string, { pattern, format, minLength = 0, maxLength }: Schema, at: string): string[] {
  // Characters, not UTF-16 code units. https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1
  const { length } = [...value];
  const isWrong =
    length < minLength ||
    length > (maxLength ?? Number.POSITIVE_INFINITY) ||
    (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) ||
    (format === 'date' && !isDate(value));
  return isWrong ? [`${at} is ${JSON.stringify(value)}`] : [];
}

function numberMismatches(value: number, { minimum, maximum, exclusiveMinimum }: Schema, at: string): string[] {
  const isWrong =
    value < (minimum ?? value) || value > (maximum ?? value) || value <= (exclusiveMinimum ?? Number.NEGATIVE_INFINITY);
  return isWrong ? [`${at} is ${value}`] : [];
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The parts of a generated JSON Schema that examples need. */
export interface Schema {
  $ref?: string;
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
}

/**
 * An example of a schema, composed of the examples of its fields. Undefined if a field has no example and none can be
 * derived.
 */
export function exampleOf(schema: Schema, components: Record<string, Schema>): unknown {
  if (schema.$ref !== undefined) return exampleOf(components[nameOf(schema.$ref)] ?? {}, components);
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, components)));
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return exampleOf(first, components);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectOf(schema.properties ?? {}, components);
    case 'array':
      return schema.items ? [exampleOf(schema.items, components)] : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return undefined;
  }
}

function objectOf(properties: Record<string, Schema>, components: Record<string, Schema>): unknown {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, exampleOf(field, components)]));
}

/** `Booking` of `#/components/schemas/Booking` */
function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

import type { Attributes, Origin, Value } from '../../model.ts';
import { type Decoded, keyValues, MessageType, message, text, uint32 } from './message.ts';
import { originOf } from './origin.ts';
import type { Pool } from './pool.ts';

const RESOURCE = new MessageType({ attributes: keyValues(1), droppedAttributesCount: uint32(2) });

const SCOPE = new MessageType({
  name: text(1),
  version: text(2),
  attributes: keyValues(3),
  droppedAttributesCount: uint32(4),
});

/** The fields that `ResourceLogs` and `ResourceMetrics` have in common. */
export const RESOURCE_FIELDS = { resource: message(1, RESOURCE), schemaUrl: text(3) };
export const SCOPE_FIELDS = { scope: message(1, SCOPE), schemaUrl: text(3) };

export function toAttributes(entries: Array<{ key: string; value: Value }>, pool: Pool): Attributes {
  return pool.attributes(
    entries.map(({ key }) => key),
    entries.map(({ value }) => value),
  );
}

export function toOrigin(
  ofResource: Decoded<typeof RESOURCE_FIELDS>,
  ofScope: Decoded<typeof SCOPE_FIELDS>,
  pool: Pool,
): Origin {
  const { resource, scope } = { resource: ofResource.resource, scope: ofScope.scope };
  return originOf(
    {
      attributes: toAttributes(resource?.attributes ?? [], pool),
      droppedAttributes: resource?.droppedAttributesCount ?? 0,
      schemaUrl: ofResource.schemaUrl,
    },
    JSON.stringify(resource ?? {}),
    {
      name: scope?.name ?? '',
      version: scope?.version ?? '',
      attributes: toAttributes(scope?.attributes ?? [], pool),
      droppedAttributes: scope?.droppedAttributesCount ?? 0,
      schemaUrl: ofScope.schemaUrl,
    },
    JSON.stringify(scope ?? {}),
  );
}

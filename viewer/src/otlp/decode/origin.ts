import { createHash } from 'node:crypto';
import { attribute, type Origin, toText } from '../../model.ts';

/** Jaeger's name for a service without one. */
const MISSING_SERVICE = 'missing-service-name';
const EMPTY_SERVICE = 'empty-service-name';
/** Every record compares its origin's keys, so that a long one would cost its length each time. */
const MAX_KEY = 512;

/** Keys are arbitrary strings, equal for equal content. */
export function originOf(
  resource: Origin['resource'],
  resourceKey: string,
  scope: Origin['scope'],
  scopeKey: string,
): Origin {
  const name = attribute(resource.attributes, 'service.name');
  return {
    // The length makes the split between URL and key unambiguous.
    resourceKey: short(`${resource.schemaUrl.length}:${resource.schemaUrl}${resourceKey}`),
    key: short(
      [resource.schemaUrl, resourceKey, scope.schemaUrl, scopeKey].map((part) => `${part.length}:${part}`).join(''),
    ),
    service: name === undefined ? MISSING_SERVICE : toText(name) || EMPTY_SERVICE,
    resource: {
      attributes: resource.attributes,
      droppedAttributes: resource.droppedAttributes,
      schemaUrl: resource.schemaUrl,
    },
    scope,
  };
}

/** Keys contain colons, which digests do not. */
const short = (key: string): string =>
  key.length > MAX_KEY ? createHash('sha256').update(key).digest('base64url') : key;

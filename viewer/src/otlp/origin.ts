import { attribute, type Origin, toText } from '../model.ts';

/** As Jaeger names what did not name itself. */
const MISSING_SERVICE = 'missing-service-name';
const EMPTY_SERVICE = 'empty-service-name';

/** Keys are any text that is equal for equal contents. */
export function originOf(
  resource: Origin['resource'],
  resourceKey: string,
  scope: Origin['scope'],
  scopeKey: string,
): Origin {
  const name = attribute(resource.attributes, 'service.name');
  return {
    // The length keeps two different splits of the same bytes apart.
    resourceKey: `${resource.schemaUrl.length}:${resource.schemaUrl}${resourceKey}`,
    key: [resource.schemaUrl, resourceKey, scope.schemaUrl, scopeKey].map((part) => `${part.length}:${part}`).join(''),
    service: name === undefined ? MISSING_SERVICE : toText(name) || EMPTY_SERVICE,
    resource: {
      attributes: resource.attributes,
      droppedAttributes: resource.droppedAttributes,
      schemaUrl: resource.schemaUrl,
    },
    scope,
  };
}

import { parseBool } from '../api/params.ts';
import { type Attributes, KIND_NAMES, type Span, STATUS_ERROR, STATUS_NAMES, STATUS_OK, toText } from '../model.ts';

const RESOURCE = 'resource.';

/**
 * What a search by key and value asks of a span, as Jaeger's memory store understands it. Some keys name a field of the span
 * or its scope, and `resource.` narrows to the resource; any other key may be on the span, its scope, its resource, one of
 * its events or one of its links.
 */
export function attributeMatcher(key: string, value: string): (span: Span) => boolean {
  switch (key) {
    case 'error':
      return errorMatcher(value);
    case 'span.status': {
      const code = numberOf(STATUS_NAMES, value);
      return (span) => span.statusCode === code;
    }
    case 'span.kind': {
      const kind = numberOf(KIND_NAMES, value);
      return (span) => span.kind === kind;
    }
    case 'scope.name':
      return (span) => span.origin.scope.name === value;
    case 'scope.version':
      return (span) => span.origin.scope.version === value;
  }
  if (key.startsWith(RESOURCE)) {
    const name = key.slice(RESOURCE.length);
    return (span) => holds(span.origin.resource.attributes, name, value);
  }
  return (span) =>
    holds(span.attributes, key, value) ||
    holds(span.origin.scope.attributes, key, value) ||
    holds(span.origin.resource.attributes, key, value) ||
    span.events.some((event) => holds(event.attributes, key, value)) ||
    span.links.some((link) => holds(link.attributes, key, value));
}

/** No error is the status OK, not a status that was never set; a value that is no boolean finds nothing. */
function errorMatcher(value: string): (span: Span) => boolean {
  const error = parseBool(value);
  if (error === undefined) return () => false;
  const code = error ? STATUS_ERROR : STATUS_OK;
  return (span) => span.statusCode === code;
}

/** OTLP's number of a name in any case; an unknown name counts as the one for "not given". */
const numberOf = (names: readonly string[], value: string): number => Math.max(0, names.indexOf(value.toLowerCase()));

function holds({ keys, values }: Attributes, key: string, value: string): boolean {
  for (let index = 0; index < keys.length; index++) {
    const own = values[index];
    if (keys[index] === key && own !== undefined && toText(own) === value) return true;
  }
  return false;
}

import { parseBool } from '../api/params.ts';
import { type Attributes, KIND_NAMES, type Span, STATUS_ERROR, STATUS_NAMES, STATUS_OK, toText } from '../model.ts';

const RESOURCE = 'resource.';

/**
 * Matches a span by key and value as Jaeger's memory store does. Some keys name a field of the span or its scope, and
 * `resource.` restricts the search to the resource; any other key is looked up on the span, its scope, its resource,
 * its events and its links.
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

/** `false` matches the status OK, not an unset status; a value that is not a boolean matches nothing. */
function errorMatcher(value: string): (span: Span) => boolean {
  const error = parseBool(value);
  if (error === undefined) return () => false;
  const code = error ? STATUS_ERROR : STATUS_OK;
  return (span) => span.statusCode === code;
}

/** OTLP's number of a name, ignoring case; an unknown name counts as "unset" or "unspecified" (0). */
const numberOf = (names: readonly string[], value: string): number => Math.max(0, names.indexOf(value.toLowerCase()));

function holds({ keys, values }: Attributes, key: string, value: string): boolean {
  for (let index = 0; index < keys.length; index++) {
    const own = values[index];
    if (keys[index] === key && own !== undefined && toText(own) === value) return true;
  }
  return false;
}

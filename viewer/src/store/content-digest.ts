import { createHash } from 'node:crypto';
import type { Attributes, Span } from '../model.ts';

/** Equal for equal spans, in whichever order and encoding their attributes came. Letters, digits, `-` and `_`. */
export function contentDigest(span: Span): string {
  const { origin, attributes, events, links, ...fields } = span;
  const { resource, scope } = origin;
  const content = [
    fields,
    origin.service,
    sorted(attributes),
    events.map((event) => ({ ...event, attributes: sorted(event.attributes) })),
    links.map((link) => ({ ...link, attributes: sorted(link.attributes) })),
    { ...resource, attributes: sorted(resource.attributes) },
    { ...scope, attributes: sorted(scope.attributes) },
  ];
  const text = JSON.stringify(content, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

const sorted = ({ keys, values }: Attributes): unknown[] =>
  keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

import { createHash } from 'node:crypto';
import type { Attributes, Origin, Span } from '../model.ts';

/** Equal for equal spans, whatever the order and encoding of their attributes. Letters, digits, `-` and `_`. */
export function contentDigest(span: Span): string {
  const { origin, attributes, events, links, ...fields } = span;
  return digest([
    fields,
    sorted(attributes),
    events.map((event) => ({ ...event, attributes: sorted(event.attributes) })),
    links.map((link) => ({ ...link, attributes: sorted(link.attributes) })),
    originDigest(origin),
  ]);
}

/** Computed once: many spans of one request may share a large resource. */
const originDigests = new WeakMap<Origin, string>();

function originDigest(origin: Origin): string {
  const known = originDigests.get(origin);
  if (known !== undefined) return known;
  const { service, resource, scope } = origin;
  const computed = digest([
    service,
    { ...resource, attributes: sorted(resource.attributes) },
    { ...scope, attributes: sorted(scope.attributes) },
  ]);
  originDigests.set(origin, computed);
  return computed;
}

function digest(content: unknown[]): string {
  const text = JSON.stringify(content, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

const sorted = ({ keys, values }: Attributes): unknown[] =>
  keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

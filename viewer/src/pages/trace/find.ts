import { type Attributes, kindName, type Span, toText } from '../../model.ts';
import type { Trace } from '../../store/trace.ts';

/** The spans that contain every word of the text in their name, ids, status, attributes, events or resource. */
export function findSpans(trace: Trace, text: string): Set<Span> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set<Span>();
  if (words.length === 0) return found;
  for (const [key, span] of trace.spans) {
    if (key.toLowerCase() === words[0] || words.every((word) => holds(span, word))) found.add(span);
  }
  return found;
}

function holds(span: Span, word: string): boolean {
  const has = (text: string): boolean => text.toLowerCase().includes(word);
  return (
    span.spanId === word ||
    has(span.name) ||
    has(span.origin.service) ||
    has(span.statusMessage) ||
    (span.statusCode === 2 && word === 'error') ||
    kindName(span.kind) === word ||
    inAttributes(span.attributes, has) ||
    span.events.some((event) => has(event.name) || inAttributes(event.attributes, has)) ||
    inAttributes(span.origin.resource.attributes, has)
  );
}

/** `key=value` matches that attribute, as in Jaeger. */
const inAttributes = ({ keys, values }: Attributes, has: (text: string) => boolean): boolean =>
  keys.some((key, index) => has(`${key}=${toText(values[index] ?? {})}`));

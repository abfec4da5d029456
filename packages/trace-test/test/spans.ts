import type { Span } from '../src/span.ts';

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** A span with defaults for everything the test does not set. `id` is a number that becomes the span's id. */
export function span(
  id: number,
  parent: number | undefined,
  kindAndName: `${Span['kind']} ${string}`,
  more: Partial<Span> = {},
): Span {
  const [kind = '', ...name] = kindAndName.split(' ');
  return {
    traceId: TRACE_ID,
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    name: name.join(' '),
    kind: kind as Span['kind'],
    service: 'desk',
    startNs: BigInt(id),
    endNs: BigInt(id + 1),
    attributes: {},
    status: { code: 'UNSET' },
    events: [],
    links: [],
    resource: {},
    scope: 'test',
    ...more,
  };
}

export function spanId(id: number): string {
  return id.toString(16).padStart(16, '0');
}

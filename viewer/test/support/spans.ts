/** Input for small OTLP JSON requests in tests. */
export interface SpanInput {
  traceId: string;
  spanId: string;
  service?: string;
  startMs?: number;
  durationMs?: number;
  attributes?: Record<string, string | number | boolean>;
  [field: string]: unknown;
}

export const T0 = Date.UTC(2027, 0, 30, 9, 15);

export const traceId = (n: number): string => `a${n.toString(16).padStart(31, '0')}`;
export const spanId = (n: number): string => `b${n.toString(16).padStart(15, '0')}`;

export function request(...spans: SpanInput[]): { resourceSpans: unknown[] } {
  return {
    resourceSpans: spans.map(({ service = 'dispo', startMs = 0, durationMs = 1, attributes = {}, ...span }) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              name: 'work',
              kind: 1,
              startTimeUnixNano: nano(T0 + startMs),
              endTimeUnixNano: nano(T0 + startMs + durationMs),
              attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) })),
              status: {},
              ...span,
            },
          ],
        },
      ],
    })),
  };
}

const nano = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

const anyValue = (value: string | number | boolean): unknown =>
  typeof value === 'string'
    ? { stringValue: value }
    : typeof value === 'boolean'
      ? { boolValue: value }
      : { intValue: String(value) };

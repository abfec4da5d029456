import type { SpanShape } from './shape.ts';

/** An integer is a `number` where that is exact, otherwise a `bigint`; `null` is a value sent without content. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | AttributeValue[]
  | { [key: string]: AttributeValue };

export type Attributes = Record<string, AttributeValue>;

/** A span as received, by OTLP or through a query API. Ids are lower-case hex at full length, times nanoseconds since 1970. */
export interface Span {
  traceId: string;
  spanId: string;
  /** Undefined for a root. */
  parentSpanId?: string;
  name: string;
  kind: SpanShape['kind'];
  /** `service.name` of the resource; empty if absent. */
  service: string;
  startNs: bigint;
  endNs: bigint;
  attributes: Attributes;
  status: { code: 'UNSET' | 'OK' | 'ERROR'; message?: string };
  events: Array<{ name: string; timeNs: bigint; attributes: Attributes }>;
  links: Array<{ traceId: string; spanId: string; attributes: Attributes }>;
  traceState?: string;
  /** W3C trace flags in the lowest eight bits, OTLP's `is_remote` in bits 8 and 9. */
  flags?: number;
  resource: Attributes;
  /** Name of the instrumentation scope. */
  scope: string;
  /** Its version. */
  scopeVersion?: string;
  /** Of the scope: which version of the conventions its names follow. */
  schemaUrl?: string;
}

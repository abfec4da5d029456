import type { Attributes, AttributeValue } from './span.ts';

/** A log record as received by OTLP. Ids are lower-case hex at full length, times nanoseconds since 1970. */
export interface ReceivedLog {
  timeNs: bigint;
  observedTimeNs: bigint;
  /** 0 if unspecified. */
  severityNumber: number;
  severityText: string;
  body: AttributeValue;
  attributes: Attributes;
  /** Undefined outside a trace. */
  traceId?: string;
  spanId?: string;
  /** W3C trace flags. */
  flags: number;
  /** Undefined for a record that is not an event. */
  eventName?: string;
  /** `service.name` of the resource; empty if absent. */
  service: string;
  resource: Attributes;
  /** Name of the instrumentation scope, its version, and the version of the conventions that its names follow. */
  scope: string;
  scopeVersion: string;
  schemaUrl: string;
}

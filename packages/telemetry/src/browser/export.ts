import { type Attributes, type HrTime, SeverityNumber, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SCHEMA_URL } from '../scope.ts';
import { telemetryState } from '../setup/state.ts';
import type { ReportedEvent, ReportedSpan } from './types.ts';

const NANOS = 1_000_000_000n;
const SERVICE = 'front-desk';
/** What a browser shares with the process that it reports to. */
const SHARED = ['service.namespace', 'service.version', 'service.instance.id', 'deployment.environment.name'];

/** Exports spans as those of the service `front-desk`: what a browser says of its resource is not trusted. */
export function exportReportedSpans(reported: ReportedSpan[], userAgent: string | undefined): void {
  const { relay } = telemetryState;
  if (!relay) return;
  const resource = resourceOf(relay.resource, userAgent);
  const scopes = new Map<string, ReadableSpan['instrumentationScope']>();
  for (const span of reported) {
    const { name, version } = span.scope;
    const scope = scopes.get(name) ?? { name, version, schemaUrl: SCHEMA_URL };
    scopes.set(name, scope);
    relay.exportSpan(readable(span, resource, scope));
  }
}

/** The same for log events. */
export function exportReportedEvents(events: ReportedEvent[], userAgent: string | undefined): void {
  const { relay, logProcessors } = telemetryState;
  if (!relay || !logProcessors) return;
  const provider = new LoggerProvider({
    resource: resourceOf(relay.resource, userAgent),
    processors: logProcessors,
  });
  const logger = provider.getLogger(SERVICE, '1.0.0', { schemaUrl: SCHEMA_URL });
  for (const { name, time, attributes } of events) {
    const severity = { severityNumber: SeverityNumber.INFO, severityText: 'info' };
    logger.emit({ ...severity, eventName: name, timestamp: hrTime(time), attributes });
  }
}

function resourceOf({ attributes }: Resource, userAgent: string | undefined): Resource {
  const shared = Object.fromEntries(SHARED.map((name) => [name, attributes[name]]));
  const own: Attributes = { 'service.name': SERVICE, 'telemetry.sdk.language': 'webjs' };
  if (userAgent !== undefined) own['user_agent.original'] = userAgent;
  return resourceFromAttributes({ ...shared, ...own });
}

function readable(span: ReportedSpan, resource: Resource, scope: ReadableSpan['instrumentationScope']): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, kind, start, end, attributes, isFailed } = span;
  const flags = { traceId, traceFlags: TraceFlags.SAMPLED };
  return {
    ...{ name, kind, attributes, resource, instrumentationScope: scope, ended: true },
    spanContext: () => ({ ...flags, spanId }),
    ...(parentSpanId === undefined ? {} : { parentSpanContext: { ...flags, spanId: parentSpanId } }),
    startTime: hrTime(start),
    endTime: hrTime(end),
    duration: hrTime(end - start),
    status: { code: isFailed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    ...{ links: [], events: [], droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / NANOS), Number(nanos % NANOS)];
}

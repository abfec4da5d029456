import { forwardLines } from '@hotel/log';
import { context, diag, logs, type MeterProvider, trace } from '@opentelemetry/api';
import { getNumberFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordLimits,
  type LogRecordProcessor,
  type ReadableLogRecord,
  type ReadWriteLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import type { OnDrop } from '../otlp/careful-serializer.ts';
import { otlpExporter } from '../otlp/exporter.ts';
import { NOT_ACCEPTED, quietWhenRefused } from '../otlp/refusal.ts';
import { logSignal } from '../otlp/signals.ts';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { now } from '../setup/clock.ts';
import { COMPONENT } from '../setup/diagnostics.ts';
import { countDropped } from '../setup/dropped-spans.ts';
import { guardExporter } from '../setup/guard.ts';
import { otlpProtocol } from '../setup/protocol.ts';
import { telemetryState } from '../setup/state.ts';
import { recordOf } from './line.ts';
import { type LineOrigin, LineRecord } from './line-record.ts';

const env = (name: string) => getNumberFromEnv(name);
const OUR_LINE = JSON.stringify({ component: COMPONENT }).slice(1, -1);

/**
 * Exports log records: every line that a logger of `@hotel/log` writes, and what the program passes to the API's loggers.
 * `OTEL_LOGS_EXPORTER` names the exporters.
 */
export async function startLogs(resource: Resource, meterProvider: MeterProvider, logDrop: OnDrop): Promise<void> {
  const { processors, emitLine, isOpen } = await processorsFromEnv(meterProvider, logDrop);
  const limits = limitsFromEnv();
  const provider = new LoggerProvider({ resource, processors, logRecordLimits: limits ?? {} });
  telemetryState.logProcessors = processors;
  // For the program's own records.
  logs.setGlobalLoggerProvider(provider);
  const scope = { name: SCOPE_NAME, version: SCOPE_VERSION, schemaUrl: SCHEMA_URL };
  const origin = { resource, instrumentationScope: scope };
  const emit = emitLine && !limits ? lineEmitter(emitLine, origin) : sdkEmitter(provider);
  forwardLines(forwarder(emit, isOpen));
  telemetryState.exceptionSignal = exceptionSignalFrom(process.env.OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN);
  telemetryState.shutdownLogs = () => {
    forwardLines(undefined);
    return provider.shutdown();
  };
}

function exceptionSignalFrom(value: string | undefined): typeof telemetryState.exceptionSignal {
  return value === 'logs' || value === 'logs/dup' ? value : undefined;
}

type EmitLine = (line: string) => void;

/** Passes lines on, except those about the export. */
function forwarder(emit: EmitLine, isOpen: () => boolean): EmitLine {
  return (line) => {
    if (!isOpen() || line.includes(OUR_LINE)) return;
    try {
      emit(line);
    } catch (error) {
      diag.warn('a log line could not be exported:', error instanceof Error ? error.name : 'not an Error');
    }
  };
}

/** The SDK makes the records: for any exporter, with any limits. */
function sdkEmitter(provider: LoggerProvider): EmitLine {
  const logger = provider.getLogger(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL });
  return (line) => {
    const timestamp = now();
    logger.emit({ ...recordOf(line), timestamp, observedTimestamp: timestamp });
  };
}

/** The same content at a fraction of the cost, for an exporter that reads nothing else of a record. */
function lineEmitter(emit: (record: LineRecord) => void, origin: LineOrigin): EmitLine {
  return (line) => emit(new LineRecord(origin, line, now(), trace.getSpanContext(context.active())));
}

async function processorsFromEnv(provider: MeterProvider, logDrop: OnDrop) {
  const names = new Set(getStringListFromEnv('OTEL_LOGS_EXPORTER') ?? []);
  const processors: LogRecordProcessor[] = [];
  let emitToOtlp: ((record: LineRecord) => void) | undefined;
  let isOpen = () => true;
  if (names.has('console')) processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }));
  if (names.has('otlp')) {
    const { meterProvider, onDrop } = countDropped(provider, (count, reason, detail) => {
      if (reason !== NOT_ACCEPTED) logDrop(count, reason, detail);
    });
    const exporter = quietWhenRefused(await otlpExporter(otlpProtocol('LOGS'), logSignal(onDrop)), (code) => {
      diag.warn(`the collector does not accept logs (${code}); they are on stdout only`);
    });
    if (!names.has('console')) isOpen = exporter.isOpen;
    const maxQueueSize = env('OTEL_BLRP_MAX_QUEUE_SIZE') ?? 2_048;
    const processor = new BatchLogRecordProcessor({
      exporter: guardExporter(exporter),
      selfObsMeterProvider: meterProvider,
      maxQueueSize,
      maxExportBatchSize: Math.min(maxQueueSize, env('OTEL_BLRP_MAX_EXPORT_BATCH_SIZE') ?? 512),
      scheduledDelayMillis: env('OTEL_BLRP_SCHEDULE_DELAY') ?? 1_000,
      exportTimeoutMillis: env('OTEL_BLRP_EXPORT_TIMEOUT') ?? 30_000,
    });
    processors.push(processor);
    // The batch processor passes records to its exporter, and changes nothing.
    emitToOtlp = (record) => processor.onEmit(record as ReadableLogRecord as ReadWriteLogRecord);
  }
  return { processors, emitLine: processors.length === 1 ? emitToOtlp : undefined, isOpen };
}

/** Undefined: the defaults. */
function limitsFromEnv(): LogRecordLimits | undefined {
  const count = env('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT') ?? env('OTEL_ATTRIBUTE_COUNT_LIMIT');
  const length = env('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? env('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT');
  if (count === undefined && length === undefined) return undefined;
  return {
    ...(count === undefined ? {} : { attributeCountLimit: count }),
    ...(length === undefined ? {} : { attributeValueLengthLimit: length }),
  };
}

import { forwardLines } from '@hotel/log';
import { diag, type Logger, logs, type MeterProvider } from '@opentelemetry/api';
import { getNumberFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordLimits,
  type LogRecordProcessor,
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

const env = (name: string) => getNumberFromEnv(name);
const OUR_LINE = JSON.stringify({ component: COMPONENT }).slice(1, -1);

/**
 * Exports log records: every line that a logger of `@hotel/log` writes, and what the program passes to the API's loggers.
 * `OTEL_LOGS_EXPORTER` names the exporters.
 */
export async function startLogs(resource: Resource, meterProvider: MeterProvider, logDrop: OnDrop): Promise<void> {
  const { processors, isOpen } = await processorsFromEnv(meterProvider, logDrop);
  const provider = new LoggerProvider({ resource, processors, logRecordLimits: limitsFromEnv() });
  // For the program's own records.
  logs.setGlobalLoggerProvider(provider);
  forwardLines(createForwarder(provider.getLogger(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL }), isOpen));
  telemetryState.exceptionSignal = exceptionSignalFrom(process.env.OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN);
  telemetryState.shutdownLogs = () => {
    forwardLines(undefined);
    return provider.shutdown();
  };
}

function exceptionSignalFrom(value: string | undefined): typeof telemetryState.exceptionSignal {
  return value === 'logs' || value === 'logs/dup' ? value : undefined;
}

function createForwarder(logger: Logger, isOpen: () => boolean): (line: string) => void {
  return (line) => {
    if (!isOpen() || line.includes(OUR_LINE)) return;
    try {
      const timestamp = now();
      logger.emit({ ...recordOf(line), timestamp, observedTimestamp: timestamp });
    } catch (error) {
      diag.warn('a log line could not be exported:', error instanceof Error ? error.name : 'not an Error');
    }
  };
}

async function processorsFromEnv(provider: MeterProvider, logDrop: OnDrop) {
  const names = new Set(getStringListFromEnv('OTEL_LOGS_EXPORTER') ?? []);
  const processors: LogRecordProcessor[] = [];
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
    processors.push(
      new BatchLogRecordProcessor({
        exporter: guardExporter(exporter),
        selfObsMeterProvider: meterProvider,
        maxQueueSize,
        maxExportBatchSize: Math.min(maxQueueSize, env('OTEL_BLRP_MAX_EXPORT_BATCH_SIZE') ?? 512),
        scheduledDelayMillis: env('OTEL_BLRP_SCHEDULE_DELAY') ?? 1_000,
        exportTimeoutMillis: env('OTEL_BLRP_EXPORT_TIMEOUT') ?? 30_000,
      }),
    );
  }
  return { processors, isOpen };
}

function limitsFromEnv(): LogRecordLimits {
  const count = env('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT') ?? env('OTEL_ATTRIBUTE_COUNT_LIMIT');
  const length = env('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? env('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT');
  return {
    ...(count === undefined ? {} : { attributeCountLimit: count }),
    ...(length === undefined ? {} : { attributeValueLengthLimit: length }),
  };
}

import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createCarefulSerializer, type OnDrop } from './careful-serializer.ts';
import type { Signal } from './exporter.ts';
import { createLogsSerializer } from './logs-serializer.ts';
import { flawOfSpan as flawOf } from './span-flaw.ts';
import { createTraceSerializer } from './trace-serializer.ts';

export function spanSignal(onDrop: OnDrop): Signal<ReadableSpan[]> {
  const fast = createTraceSerializer();
  return {
    name: 'TRACES',
    component: 'span',
    grpcService: {
      name: 'TraceExportService',
      method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    },
    httpPath: 'v1/traces',
    helper: TraceExporterMetricsHelper,
    protobuf: createCarefulSerializer({ fast, thorough: ProtobufTraceSerializer, flawOf, onDrop }),
    json: createCarefulSerializer({ thorough: JsonTraceSerializer, flawOf, onDrop }),
  };
}

export function logSignal(onDrop: OnDrop): Signal<ReadableLogRecord[]> {
  const fast = createLogsSerializer();
  return {
    name: 'LOGS',
    component: 'log',
    grpcService: {
      name: 'LogsExportService',
      method: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    },
    httpPath: 'v1/logs',
    helper: LogsExporterMetricsHelper,
    protobuf: createCarefulSerializer({ fast, thorough: ProtobufLogsSerializer, onDrop }),
    json: createCarefulSerializer({ fast: JsonLogsSerializer, thorough: JsonLogsSerializer, onDrop }),
  };
}

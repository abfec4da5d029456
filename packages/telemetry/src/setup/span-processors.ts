import type { MeterProvider } from '@opentelemetry/api';
import { getNumberFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { OnDrop } from '../otlp/careful-serializer.ts';
import { otlpExporter } from '../otlp/exporter.ts';
import type { LeafSpan } from '../otlp/leaf-span.ts';
import { spanSignal } from '../otlp/signals.ts';
import { guardExporter, guardProcessor } from './guard.ts';
import { otlpProtocol } from './protocol.ts';

interface Processors {
  all: SpanProcessor[];
  /** Takes ended leaf spans, if all spans go to one exporter that encodes them from a template. */
  exportLeaf: ((span: LeafSpan) => void) | undefined;
  /** Takes ended spans that were not started here. */
  exportSpan: (span: ReadableSpan) => void;
}

/**
 * Builds the span processors for `OTEL_TRACES_EXPORTER` (default `otlp`). The SDK could do so too, but then the spans
 * its queue drops could not be counted. Exporters are imported on demand: each costs startup time and memory.
 */
export async function spanProcessorsFromEnv(meterProvider: MeterProvider, onDrop: OnDrop): Promise<Processors> {
  const names = new Set(getStringListFromEnv('OTEL_TRACES_EXPORTER') ?? []);
  if (names.size === 0) names.add('otlp');
  const processors: SpanProcessor[] = [];
  for (const name of names) {
    if (name === 'otlp')
      processors.push(batchProcessor(await otlpExporter(otlpProtocol('TRACES'), spanSignal(onDrop)), meterProvider));
    else processors.push(new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }));
  }
  const guarded = processors.map(guardProcessor);
  const only = names.size === 1 && names.has('otlp') && otlpProtocol('TRACES') !== 'http/json' ? guarded[0] : undefined;
  return {
    all: guarded,
    exportLeaf: only && ((span) => only.onEnd(span)),
    exportSpan: (span) => {
      for (const processor of guarded) processor.onEnd(span);
    },
  };
}

function batchProcessor(exporter: SpanExporter, selfObsMeterProvider: MeterProvider): SpanProcessor {
  const env = (name: string, otherwise: number) => getNumberFromEnv(name) ?? otherwise;
  // The specification's default of 2,048 lost every fifth span at 800 requests/s. 16 batches of 2,048 also stay below
  // the exporter's limit of 30 concurrent exports when a shutdown flushes all of them at once.
  const maxQueueSize = env('OTEL_BSP_MAX_QUEUE_SIZE', 32_768);
  return new BatchSpanProcessor({
    exporter: guardExporter(exporter),
    selfObsMeterProvider,
    maxQueueSize,
    maxExportBatchSize: Math.min(maxQueueSize, env('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 2_048)),
    scheduledDelayMillis: env('OTEL_BSP_SCHEDULE_DELAY', 5_000),
    exportTimeoutMillis: env('OTEL_BSP_EXPORT_TIMEOUT', 30_000),
  });
}

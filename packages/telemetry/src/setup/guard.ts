import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { BatchExporter } from '../otlp/reconnecting.ts';

/** Catches a processor's errors: `startSpan` and `end` would throw them into the traced program. */
export function guardProcessor(processor: SpanProcessor): SpanProcessor {
  const guard =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        work(...args);
      } catch (error) {
        diag.error('a span could not be processed:', String(error));
      }
    };
  return {
    onStart: guard((span, parent) => processor.onStart(span, parent)),
    onEnd: guard((span) => processor.onEnd(span)),
    ...(processor.onEnding ? { onEnding: guard((span) => processor.onEnding?.(span)) } : {}),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

/**
 * Turns an exporter's exceptions, which nothing would catch, into failed results. The exporter runs outside the trace of
 * the request that filled the batch.
 */
export function guardExporter<Batch>(exporter: BatchExporter<Batch>) {
  return {
    export(batch: Batch, done: (result: ExportResult) => void) {
      context.with(suppressTracing(ROOT_CONTEXT), () => {
        try {
          exporter.export(batch, done);
        } catch (error) {
          done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) });
        }
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  } satisfies BatchExporter<Batch>;
}

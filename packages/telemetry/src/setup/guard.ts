import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

/** A processor whose errors end here: they would be thrown by `startSpan` and `end`, into the program that is traced. */
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
 * An exporter that fails by its result and never by throwing, which nothing would catch. It works outside of the trace of the
 * request whose span happened to fill the batch.
 */
export function guardExporter(exporter: SpanExporter): SpanExporter {
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      context.with(suppressTracing(ROOT_CONTEXT), () => {
        try {
          exporter.export(spans, done);
        } catch (error) {
          done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) });
        }
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

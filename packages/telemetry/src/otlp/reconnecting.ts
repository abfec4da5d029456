import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/**
 * Replaces the exporter, and with it the connection, after every failure. A gRPC channel that failed to connect backs
 * off for up to two minutes and fails every export meanwhile, so spans would be lost long after the collector is back.
 * The exporter offers no way to set the channel's options.
 */
export function createReconnectingExporter(create: () => SpanExporter): SpanExporter {
  let current = create();

  function replace(failed: SpanExporter): void {
    if (current !== failed) return;
    current = create();
    // Not awaited: its exports have failed already.
    failed.shutdown().catch(() => {});
  }

  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      const exporter = current;
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) replace(exporter);
        done(result);
      });
    },
    forceFlush: async () => current.forceFlush?.(),
    shutdown: () => current.shutdown(),
  };
}

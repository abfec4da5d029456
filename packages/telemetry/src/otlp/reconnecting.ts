import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/**
 * An exporter whose every failure is followed by a new one, with a new connection. A gRPC channel that has failed to connect
 * tries again after pauses that grow to two minutes, and fails every export meanwhile: spans would go on being lost long after
 * the collector is back. The exporter leaves no way to set the channel's options.
 */
export function createReconnectingExporter(create: () => SpanExporter): SpanExporter {
  let current = create();

  function replace(failed: SpanExporter): void {
    if (current !== failed) return;
    current = create();
    // Nobody waits for it, and what it was given has failed.
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

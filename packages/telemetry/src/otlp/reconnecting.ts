import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

/** What the exporters of all signals have in common. */
export interface BatchExporter<Batch> {
  export(batch: Batch, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Replaces the exporter, and with it the connection, after every failure. A gRPC channel that failed to connect backs
 * off for up to two minutes and fails every export meanwhile, so data would be lost long after the collector is back.
 * The exporter offers no way to set the channel's options.
 */
export function createReconnectingExporter<Batch>(create: () => BatchExporter<Batch>) {
  let current = create();

  function replace(failed: BatchExporter<Batch>): void {
    if (current !== failed) return;
    current = create();
    // Not awaited: its exports have failed already.
    failed.shutdown().catch(() => {});
  }

  return {
    export(batch: Batch, done: (result: ExportResult) => void) {
      const exporter = current;
      exporter.export(batch, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) replace(exporter);
        done(result);
      });
    },
    forceFlush: async () => current.forceFlush?.(),
    shutdown: () => current.shutdown(),
  } satisfies BatchExporter<Batch>;
}

import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

/** What the exporters of spans and of log records have in common. */
export interface BatchExporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Replaces the exporter, and with it the connection, after every failure. A gRPC channel that failed to connect backs
 * off for up to two minutes and fails every export meanwhile, so data would be lost long after the collector is back.
 * The exporter offers no way to set the channel's options.
 */
export function createReconnectingExporter<Item>(create: () => BatchExporter<Item>) {
  let current = create();

  function replace(failed: BatchExporter<Item>): void {
    if (current !== failed) return;
    current = create();
    // Not awaited: its exports have failed already.
    failed.shutdown().catch(() => {});
  }

  return {
    export(items: Item[], done: (result: ExportResult) => void) {
      const exporter = current;
      exporter.export(items, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) replace(exporter);
        done(result);
      });
    },
    forceFlush: async () => current.forceFlush?.(),
    shutdown: () => current.shutdown(),
  } satisfies BatchExporter<Item>;
}

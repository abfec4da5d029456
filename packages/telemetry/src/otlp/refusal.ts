import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { BatchExporter } from './reconnecting.ts';

/** After this time one batch is sent again: the collector may have been replaced. */
const RETRY_AFTER_MS = 600_000;
/** gRPC's UNIMPLEMENTED, and the statuses of an HTTP server without the path. */
const REFUSALS = new Set<unknown>([12, 404, 405, 501]);

/** Name of the error of such an export; becomes `error.type` in the SDK's self-observation. */
export const NOT_ACCEPTED = 'not_accepted';

/** An exporter that stops sending to a collector that does not accept what it is sent. */
export interface QuietExporter<Batch> extends BatchExporter<Batch> {
  /** Whether a batch would be sent now. */
  isOpen(): boolean;
}

/**
 * Many collectors accept only traces. Such a collector is reported once, by `onRefusal`, and asked again every ten
 * minutes; meanwhile nothing is sent, retried or logged.
 */
export function quietWhenRefused<Batch>(
  exporter: BatchExporter<Batch>,
  onRefusal: (code: number) => void,
): QuietExporter<Batch> {
  let reported = false;
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  const isOpen = () => performance.now() >= closedUntilMs;

  return {
    isOpen,
    export(batch, done) {
      if (!isOpen()) return done(refused());
      exporter.export(batch, (result) => {
        const code: unknown = result.error && Reflect.get(result.error, 'code');
        if (!REFUSALS.has(code)) return done(result);
        closedUntilMs = performance.now() + RETRY_AFTER_MS;
        if (!reported) onRefusal(Number(code));
        reported = true;
        done(refused());
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Whether an export failed because the collector does not accept this signal. */
export function isRefused({ error }: ExportResult): boolean {
  return error?.name === NOT_ACCEPTED;
}

function refused(): ExportResult {
  const error = Object.assign(new Error('the collector does not accept this signal'), { name: NOT_ACCEPTED });
  return { code: ExportResultCode.FAILED, error };
}

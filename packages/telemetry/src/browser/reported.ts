import { telemetryState } from '../setup/state.ts';
import type { ReportedEvent, ReportedSpan } from './types.ts';

/** Exports what browsers report, with the exporters of this process. Loaded at the first report. */
export const reportedTelemetry = {
  isOn: (): boolean => telemetryState.relay !== undefined,
  async exportSpans(spans: ReportedSpan[], userAgent: string | undefined): Promise<void> {
    (await import('./export.ts')).exportReportedSpans(spans, userAgent);
  },
  async exportEvents(events: ReportedEvent[], userAgent: string | undefined): Promise<void> {
    (await import('./export.ts')).exportReportedEvents(events, userAgent);
  },
};

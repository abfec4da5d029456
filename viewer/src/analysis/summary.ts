import { isError } from '../model.ts';
import type { Trace } from '../store/trace.ts';

export interface TraceSummary {
  rootService: string;
  rootOperation: string;
  spans: number;
  errors: number;
  /** Number of spans whose parent is missing. */
  orphans: number;
  services: Array<{ name: string; spans: number; errors: number }>;
}

export function summarize(trace: Trace): TraceSummary {
  const services = new Map<string, { name: string; spans: number; errors: number }>();
  const summary: TraceSummary = { rootService: '', rootOperation: '', spans: 0, errors: 0, orphans: 0, services: [] };
  let rootStart: bigint | undefined;
  for (const span of trace.spans.values()) {
    const name = span.origin.service;
    const service = services.get(name) ?? { name, spans: 0, errors: 0 };
    services.set(name, service);
    const error = isError(span) ? 1 : 0;
    service.spans++;
    service.errors += error;
    summary.spans++;
    summary.errors += error;
    const hasParent = trace.parentOf(span) !== undefined;
    if (span.parentSpanId !== '' && !hasParent) summary.orphans++;
    if (span.parentSpanId !== '' || hasParent) continue;
    if (rootStart === undefined || span.startNano < rootStart) {
      rootStart = span.startNano;
      summary.rootService = name;
      summary.rootOperation = span.name;
    }
  }
  summary.services = [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return summary;
}

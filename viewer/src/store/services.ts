import { kindName, type Span } from '../model.ts';
import type { Trace } from './trace.ts';

export interface Operation {
  name: string;
  spanKind: string;
}

interface Service {
  /** Number of spans per trace. */
  traces: Map<Trace, number>;
  /** Number of spans per kind and name. */
  operations: Map<string, Operation & { spans: number }>;
}

/** Counts spans per service and operation, so that evicted ones are no longer listed. */
export class ServiceIndex {
  private readonly services = new Map<string, Service>();

  add(span: Span, trace: Trace): void {
    let service = this.services.get(span.origin.service);
    if (service === undefined) {
      service = { traces: new Map(), operations: new Map() };
      this.services.set(span.origin.service, service);
    }
    service.traces.set(trace, (service.traces.get(trace) ?? 0) + 1);
    const key = `${span.kind}:${span.name}`;
    const operation = service.operations.get(key);
    if (operation === undefined) {
      service.operations.set(key, { name: span.name, spanKind: kindName(span.kind), spans: 1 });
    } else operation.spans++;
  }

  remove(span: Span, trace: Trace): void {
    const service = this.services.get(span.origin.service);
    if (service === undefined) return;
    const inTrace = (service.traces.get(trace) ?? 0) - 1;
    if (inTrace > 0) service.traces.set(trace, inTrace);
    else service.traces.delete(trace);
    const key = `${span.kind}:${span.name}`;
    const operation = service.operations.get(key);
    if (operation !== undefined && --operation.spans === 0) service.operations.delete(key);
    if (service.traces.size === 0) this.services.delete(span.origin.service);
  }

  names(): string[] {
    return [...this.services.keys()].sort();
  }

  operations(service: string, spanKind = ''): Operation[] {
    return [...(this.services.get(service)?.operations.values() ?? [])]
      .filter((operation) => spanKind === '' || operation.spanKind === spanKind)
      .map(({ name, spanKind }) => ({ name, spanKind }))
      .sort((a, b) => compare(a.name, b.name) || compare(a.spanKind, b.spanKind));
  }

  has(service: string, operation: string): boolean {
    const operations = this.services.get(service)?.operations.values() ?? [];
    return operation === '' ? this.services.has(service) : [...operations].some(({ name }) => name === operation);
  }

  traces(service: string): Iterable<Trace> {
    return this.services.get(service)?.traces.keys() ?? [];
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

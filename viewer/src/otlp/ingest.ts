import type { Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import { idProblem, ZEROS } from './ids.ts';
import { readTracesJson } from './json.ts';
import { Pool } from './pool.ts';
import { readTraces } from './protobuf.ts';

export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Maximum size of an uploaded file: fits a trace of 100,000 spans, the limit per request. */
export const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** OTLP's partial success: how many spans were rejected, and why. */
export interface Outcome {
  rejected: number;
  message: string;
  /** Trace ids of the stored spans. */
  traces: ReadonlySet<string>;
  stored: number;
}

/** Decodes, validates and stores the requests of both transports. */
export class Ingest {
  private readonly store: SpanStore;
  private readonly pool = new Pool();
  rejectedSpans = 0;

  constructor(store: SpanStore) {
    this.store = store;
  }

  /** Throws MalformedError without storing anything. */
  protobuf(body: Buffer): Outcome {
    return this.accept(readTraces(body, this.pool));
  }

  /** Throws MalformedError without storing anything. */
  json(body: string): Outcome {
    return this.accept(readTracesJson(body, this.pool));
  }

  private accept(spans: Span[]): Outcome {
    const reasons = new Set<string>();
    const traces = new Set<string>();
    let rejected = 0;
    for (const span of spans) {
      const problem = idProblem(span);
      if (problem === undefined) {
        if (ZEROS.test(span.parentSpanId)) span.parentSpanId = '';
        this.store.add(span);
        traces.add(span.traceId);
      } else {
        rejected++;
        if (reasons.size < 3) reasons.add(problem);
      }
    }
    this.rejectedSpans += rejected;
    return {
      rejected,
      traces,
      stored: spans.length - rejected,
      message: rejected === 0 ? '' : `${rejected} of ${spans.length} spans rejected: ${[...reasons].join('; ')}`,
    };
  }
}

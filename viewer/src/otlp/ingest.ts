import type { Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import { idProblem, ZEROS } from './ids.ts';
import { readTracesJson } from './json.ts';
import { Pool } from './pool.ts';
import { readTraces } from './protobuf.ts';

export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Of a file that a person uploads: a trace of 100,000 spans, which is the most that is read at once. */
export const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** What OTLP calls partial success: how many spans were refused, and why. */
export interface Outcome {
  rejected: number;
  message: string;
  /** Ids of the traces of the spans that were stored. */
  traces: ReadonlySet<string>;
  stored: number;
}

/** Decodes, checks and stores what comes in, from either transport. */
export class Ingest {
  private readonly store: SpanStore;
  private readonly pool = new Pool();
  rejectedSpans = 0;

  constructor(store: SpanStore) {
    this.store = store;
  }

  /** Throws MalformedError; then nothing of the body was stored. */
  protobuf(body: Buffer): Outcome {
    return this.accept(readTraces(body, this.pool));
  }

  /** Throws MalformedError; then nothing of the body was stored. */
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

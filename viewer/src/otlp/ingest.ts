import type { Span } from '../model.ts';
import type { LogRecord } from '../model-logs.ts';
import type { Stores } from '../store/stores.ts';
import { idProblem, ZEROS } from './decode/ids.ts';
import { requestsIn } from './decode/json-documents.ts';
import type { Json } from './decode/json-fields.ts';
import type { Context } from './decode/message.ts';
import { Pool } from './decode/pool.ts';
import { MalformedError } from './decode/reader.ts';
import { readLogs, readLogsJson } from './logs/logs.ts';
import { type Read, readMetrics, readMetricsJson } from './metrics/metrics.ts';
import type { Signal } from './signals.ts';
import { readTracesJson } from './traces/json.ts';
import { readTraces } from './traces/protobuf.ts';

export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Maximum size of an uploaded file: fits a trace of 100,000 spans, the limit per request. */
export const MAX_FILE_BYTES = 128 * 1024 * 1024;
/** Maximum number of log records or data points per request. */
const MAX_RECORDS = 100_000;

/** OTLP's partial success: how many items were rejected, and why. */
export interface Outcome {
  rejected: number;
  message: string;
  stored: number;
}

/** What a file of any signals brought. */
export interface Imported {
  spans: number;
  logs: number;
  points: number;
  /** Trace ids of the stored spans and log records. */
  traces: ReadonlySet<string>;
  /** Why something was rejected. */
  problems: string[];
}

/** Decodes, validates and stores the requests of both transports. All methods throw MalformedError, storing nothing. */
export class Ingest {
  private readonly stores: Stores;
  private readonly pool = new Pool();

  constructor(stores: Stores) {
    this.stores = stores;
  }

  protobuf(signal: Signal, body: Buffer): Outcome {
    if (signal === 'traces') return this.storeSpans(readTraces(body, this.pool));
    if (signal === 'logs') return this.storeLogs(readLogs(body, this.context('log records')));
    return this.storePoints(readMetrics(body, this.context('data points')));
  }

  json(signal: Signal, body: string): Outcome {
    const requests = requestsIn(body);
    if (signal === 'traces') return this.storeSpans(readTracesJson(requests, this.pool));
    if (signal === 'logs') return this.storeLogs(this.logsIn(requests));
    return this.storePoints(this.pointsIn(requests));
  }

  /** Stores all signals in a text of OTLP JSON. */
  file(content: string): Imported {
    const requests = requestsIn(content);
    const spans = readTracesJson(requests, this.pool);
    const [logs, points] = [this.logsIn(requests), this.pointsIn(requests)];
    const valid = spans.filter((span) => idProblem(span) === undefined);
    const traces = new Set([...valid, ...logs].map(({ traceId }) => traceId));
    traces.delete('');
    const outcomes = [this.storeSpans(spans), this.storeLogs(logs), this.storePoints(points)] as const;
    return {
      spans: outcomes[0].stored,
      logs: outcomes[1].stored,
      points: outcomes[2].stored,
      traces,
      problems: outcomes.map(({ message }) => message).filter((message) => message !== ''),
    };
  }

  private logsIn(requests: Json[]): LogRecord[] {
    return readLogsJson(requests, this.context('log records'));
  }

  private pointsIn(requests: Json[]): Read[] {
    return readMetricsJson(requests, this.context('data points'));
  }

  private context(what: string): Context {
    let records = 0;
    return {
      pool: this.pool,
      countRecord() {
        if (++records > MAX_RECORDS) {
          throw new MalformedError(`more than ${MAX_RECORDS} ${what} in one request: send smaller batches`);
        }
      },
    };
  }

  private storeSpans(spans: Span[]): Outcome {
    return store('spans', spans, (span) => {
      const problem = idProblem(span);
      if (problem !== undefined) return problem;
      if (ZEROS.test(span.parentSpanId)) span.parentSpanId = '';
      this.stores.traces.add(span);
      return undefined;
    });
  }

  private storeLogs(records: LogRecord[]): Outcome {
    const outcome = store('log records', records, (record) => this.stores.logs.add(record));
    if (outcome.stored > 0) this.stores.logs.announce();
    return outcome;
  }

  private storePoints(points: Read[]): Outcome {
    return store('data points', points, (point) =>
      'refused' in point ? point.refused : this.stores.metrics.add(point),
    );
  }
}

/** `keep` returns why it rejects an item. */
function store<T>(what: string, items: T[], keep: (item: T) => string | undefined): Outcome {
  const reasons = new Set<string>();
  let rejected = 0;
  for (const item of items) {
    const problem = keep(item);
    if (problem === undefined) continue;
    rejected++;
    if (reasons.size < 3) reasons.add(problem);
  }
  const message = rejected === 0 ? '' : `${rejected} of ${items.length} ${what} rejected: ${[...reasons].join('; ')}`;
  return { rejected, message, stored: items.length - rejected };
}

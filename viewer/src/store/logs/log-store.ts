import { isDeepStrictEqual } from 'node:util';
import type { LogRecord, StoredLog } from '../../model-logs.ts';
import type { Account, Budget } from '../budget.ts';
import { SharedOrigins } from '../origins.ts';
import { logBytes } from '../size.ts';

/** The part of the bytes that other signals cannot take. */
const SHARE = 30;
/** A larger record would displace too many others. */
const MAX_RECORD_BYTES = 1024 * 1024;
/** A record that arrives twice, by a retry or an import, is looked for among the last records of its trace. */
const MAX_COMPARED = 256;

/** Keeps log records in memory, in order of arrival. When full, it drops the oldest ones. */
export class LogStore {
  private readonly budget: Budget;
  private readonly account: Account;
  private readonly origins: SharedOrigins;
  /** Dropped records leave a gap at the start, and the list is shortened now and then. */
  private records: Array<StoredLog | undefined> = [];
  private first = 0;
  private next = 1;
  private readonly byTrace = new Map<string, StoredLog[]>();
  private readonly byService = new Map<string, number>();
  private readonly listeners = new Set<() => void>();
  private evicted = 0;

  constructor(budget: Budget) {
    this.budget = budget;
    this.account = budget.open(SHARE, () => this.evictOldest());
    this.origins = new SharedOrigins(this.account);
  }

  /** Ignores a record that equals a stored one of its trace. Returns why a record is rejected. */
  add(record: LogRecord): string | undefined {
    const bytes = logBytes(record);
    if (bytes > MAX_RECORD_BYTES) return `a log record must be smaller than ${MAX_RECORD_BYTES} bytes`;
    const ofTrace = this.byTrace.get(record.traceId);
    if (ofTrace?.slice(-MAX_COMPARED).some((known) => isSame(known, record))) return undefined;
    const stored: StoredLog = { ...record, origin: this.origins.take(record.origin), sequence: this.next++ };
    this.records.push(stored);
    if (stored.traceId !== '') {
      if (ofTrace === undefined) this.byTrace.set(stored.traceId, [stored]);
      else {
        stored.traceId = ofTrace[0]?.traceId ?? stored.traceId;
        ofTrace.push(stored);
      }
    }
    const { service } = stored.origin;
    this.byService.set(service, (this.byService.get(service) ?? 0) + 1);
    this.account.grow(bytes);
    this.budget.settle();
    return undefined;
  }

  /** The records of a trace by time. */
  ofTrace(traceId: string): StoredLog[] {
    return (this.byTrace.get(traceId) ?? []).toSorted((a, b) => Number(a.timeNano - b.timeNano));
  }

  countOf(traceId: string): number {
    return this.byTrace.get(traceId)?.length ?? 0;
  }

  /** From the last arrival to the first. */
  *newest(): Iterable<StoredLog> {
    const { records } = this;
    for (let index = records.length - 1; index >= 0; index--) {
      const record = records[index];
      if (record === undefined) return;
      yield record;
    }
  }

  services(): string[] {
    return [...this.byService.keys()].sort();
  }

  /** The sequence of the last record that has arrived. */
  get last(): number {
    return this.next - 1;
  }

  /** Calls the listener after each request that brought records. Returns a function that ends that. */
  onArrival(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(): void {
    for (const listener of this.listeners) listener();
  }

  stats(): { logs: number; evictedLogs: number } {
    return { logs: this.records.length - this.first, evictedLogs: this.evicted };
  }

  private evictOldest(): void {
    const record = this.records[this.first];
    if (record === undefined) return;
    this.records[this.first] = undefined;
    this.first++;
    this.evicted++;
    if (this.first > 1000 && this.first > this.records.length / 2) {
      this.records = this.records.slice(this.first);
      this.first = 0;
    }
    this.account.grow(-logBytes(record));
    this.origins.release(record.origin);
    const ofTrace = this.byTrace.get(record.traceId);
    // Both lists are in order of arrival.
    ofTrace?.shift();
    if (ofTrace?.length === 0) this.byTrace.delete(record.traceId);
    const { service } = record.origin;
    const left = (this.byService.get(service) ?? 0) - 1;
    if (left > 0) this.byService.set(service, left);
    else this.byService.delete(service);
  }
}

function isSame(known: StoredLog, record: LogRecord): boolean {
  if (known.timeNano !== record.timeNano || known.spanId !== record.spanId) return false;
  const { sequence: _, origin, ...fields } = known;
  const { origin: other, ...given } = record;
  return origin.key === other.key && isDeepStrictEqual(fields, given);
}

import type { InstrumentId, Measurement } from '../../model-metrics.ts';
import type { Account, Budget } from '../budget.ts';
import { SharedOrigins } from '../origins.ts';
import { Series } from './series.ts';

/** The part of the bytes that other signals cannot take. */
const SHARE = 20;
const MAX_STREAMS_PER_SERVICE = 2000;
const MAX_TEXT = 1024;
/** A stream that has brought nothing for this long makes room for a new one. */
const STALE_MS = 5 * 60_000;

/** An instrument with its streams, by process and attributes. */
export interface Instrument extends InstrumentId {
  key: string;
  series: Series[];
}

interface Entry {
  series: Series;
  /** Estimated heap bytes of the keys and the description. */
  textBytes: number;
  instrument: InstrumentId;
  instrumentKey: string;
}

/** Keeps the points of metrics in memory. When full, it drops the oldest points of the stream that was quiet longest. */
export class MetricStore {
  private readonly budget: Budget;
  private readonly account: Account;
  private readonly origins: SharedOrigins;
  /** Ordered by the last point that arrived. */
  private readonly entries = new Map<string, Entry>();
  /** The same by service. */
  private readonly byService = new Map<string, Map<string, Entry>>();
  /** Of the point that arrived last. */
  private newestMs = 0;
  private evicted = 0;
  /** Changes with every stored point, so that cached results can be validated. */
  version = 0;

  constructor(budget: Budget) {
    this.budget = budget;
    this.account = budget.open(SHARE, () => this.evictOldest());
    this.origins = new SharedOrigins(this.account);
  }

  /** Returns why a data point is rejected. */
  add(measurement: Measurement): string | undefined {
    const { instrument, origin, point } = measurement;
    const { service, scope, name, unit } = instrument;
    if ([service, scope, name, unit].some((text) => text.length > MAX_TEXT)) {
      return `the service, scope, name and unit of a metric must each have at most ${MAX_TEXT} characters`;
    }
    const instrumentKey = keyOf(instrument);
    const key = JSON.stringify([instrumentKey, origin.resourceKey, sortedAttributes(measurement)]);
    const known = this.entries.get(key);
    if (known === undefined && !this.hasRoom(instrument.service)) {
      return `the service has ${MAX_STREAMS_PER_SERVICE} metric streams already: use fewer attribute values`;
    }
    const entry = known ?? this.open(measurement, instrumentKey, key);
    const before = entry.series.bytes;
    if (!entry.series.add(point)) return 'a data point is not newer than the last one of its stream';
    this.account.grow(entry.series.bytes - (known === undefined ? -entry.textBytes : before));
    this.place(key, entry);
    this.newestMs = entry.series.lastMs;
    this.version++;
    this.budget.settle();
    return undefined;
  }

  /** By service and name. */
  instruments(): Instrument[] {
    const byKey = new Map<string, Instrument>();
    for (const { series, instrument, instrumentKey } of this.entries.values()) {
      const known = byKey.get(instrumentKey);
      if (known === undefined) byKey.set(instrumentKey, { ...instrument, key: instrumentKey, series: [series] });
      else known.series.push(series);
    }
    return [...byKey.values()].sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name));
  }

  stats(): { streams: number; points: number; evictedStreams: number } {
    let points = 0;
    for (const { series } of this.entries.values()) points += series.intervals.length;
    return { streams: this.entries.size, points, evictedStreams: this.evicted };
  }

  private open(measurement: Measurement, instrumentKey: string, key: string): Entry {
    const { instrument } = measurement;
    const origin = this.origins.take(measurement.origin);
    const description = copyOf(instrument.description.slice(0, MAX_TEXT));
    const textBytes = 2 * (key.length + instrumentKey.length + description.length);
    return {
      series: new Series({ ...measurement, origin }),
      instrument: { ...instrument, description },
      instrumentKey,
      textBytes,
    };
  }

  /** Puts an entry last. */
  private place(key: string, entry: Entry): void {
    const { service } = entry.instrument;
    const ofService = this.byService.get(service) ?? new Map<string, Entry>();
    if (ofService.size === 0) this.byService.set(service, ofService);
    for (const entries of [this.entries, ofService]) {
      entries.delete(key);
      entries.set(key, entry);
    }
  }

  private hasRoom(service: string): boolean {
    const ofService = this.byService.get(service);
    if (ofService === undefined || ofService.size < MAX_STREAMS_PER_SERVICE) return true;
    const [oldest] = ofService;
    if (oldest === undefined || this.newestMs - oldest[1].series.lastMs < STALE_MS) return false;
    this.forget(oldest[0]);
    return true;
  }

  private evictOldest(): void {
    for (const [key, { series }] of this.entries) {
      const before = series.bytes;
      if (series.shrink()) this.account.grow(series.bytes - before);
      else this.forget(key);
      return;
    }
  }

  private forget(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.evicted++;
    this.account.grow(-entry.series.bytes - entry.textBytes);
    this.origins.release(entry.series.origin);
    const { service } = entry.instrument;
    const ofService = this.byService.get(service);
    ofService?.delete(key);
    if (ofService?.size === 0) this.byService.delete(service);
  }
}

/** V8's part of a string keeps all of it alive. */
const copyOf = (text: string): string => Buffer.from(text).toString();

const keyOf = ({ service, scope, name, unit, kind }: InstrumentId): string =>
  JSON.stringify([service, scope, name, unit, kind]);

const sortedAttributes = ({ attributes: { keys, values } }: Measurement): unknown =>
  keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => compare(a, b));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
  private readonly perService = new Map<string, number>();
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
    if (instrument.name.length > MAX_TEXT) return `the name of a metric must be shorter than ${MAX_TEXT} characters`;
    const instrumentKey = keyOf(instrument);
    const key = JSON.stringify([instrumentKey, origin.resourceKey, sortedAttributes(measurement)]);
    const known = this.entries.get(key);
    if (known === undefined && !this.hasRoom(instrument.service)) {
      return `the service has ${MAX_STREAMS_PER_SERVICE} metric streams already: use fewer attribute values`;
    }
    const entry = known ?? this.open(measurement, instrumentKey);
    const before = entry.series.bytes;
    if (!entry.series.add(point)) return 'a data point is not newer than the last one of its stream';
    this.account.grow(known === undefined ? entry.series.bytes : entry.series.bytes - before);
    this.entries.delete(key);
    this.entries.set(key, entry);
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

  private open(measurement: Measurement, instrumentKey: string): Entry {
    const { instrument } = measurement;
    this.perService.set(instrument.service, (this.perService.get(instrument.service) ?? 0) + 1);
    const origin = this.origins.take(measurement.origin);
    const described = { ...instrument, description: instrument.description.slice(0, MAX_TEXT) };
    return { series: new Series({ ...measurement, origin }), instrument: described, instrumentKey };
  }

  private hasRoom(service: string): boolean {
    if ((this.perService.get(service) ?? 0) < MAX_STREAMS_PER_SERVICE) return true;
    for (const [key, { series, instrument }] of this.entries) {
      if (instrument.service !== service) continue;
      if (this.newestMs() - series.lastMs < STALE_MS) return false;
      this.forget(key);
      return true;
    }
    return false;
  }

  private newestMs(): number {
    return [...this.entries.values()].at(-1)?.series.lastMs ?? 0;
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
    this.account.grow(-entry.series.bytes);
    this.origins.release(entry.series.origin);
    const { service } = entry.instrument;
    const left = (this.perService.get(service) ?? 0) - 1;
    if (left > 0) this.perService.set(service, left);
    else this.perService.delete(service);
  }
}

const keyOf = ({ service, scope, name, unit, kind }: InstrumentId): string =>
  JSON.stringify([service, scope, name, unit, kind]);

const sortedAttributes = ({ attributes: { keys, values } }: Measurement): unknown =>
  keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => compare(a, b));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

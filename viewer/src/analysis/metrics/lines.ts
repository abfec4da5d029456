import { toText } from '../../model.ts';
import type { InstrumentKind, Interval } from '../../model-metrics.ts';
import type { Instrument } from '../../store/metrics/metric-store.ts';
import type { Series } from '../../store/metrics/series.ts';

/** A period of time in equal steps. */
export interface Steps {
  fromMs: number;
  toMs: number;
  count: number;
}

const stepMs = ({ fromMs, toMs, count }: Steps): number => (toMs - fromMs) / count;

export interface Line {
  /** The attributes, as text; '' without any. */
  label: string;
  /** By step; undefined where nothing is known. Per second for a `rate`. */
  values: Array<number | undefined>;
  /** The last known value. */
  last: number | undefined;
  /** Number of processes that have values in it. */
  processes: number;
}

/** A level counts as known for this long before its point. */
const MAX_HOLD_MS = 120_000;

/** One line per set of attributes, the largest first. Rates and totals of several processes are added, levels averaged. */
export function linesOf({ kind, series }: Instrument, steps: Steps): Line[] {
  const byLabel = Map.groupBy(series, labelOf);
  const lines = [...byLabel].map(([label, same]): Line => {
    const each = same.map(({ intervals }) => valuesOf(intervals, kind, steps));
    const values = Array.from({ length: steps.count }, (_, step) =>
      merge(
        each.map((own) => own[step]),
        kind,
      ),
    );
    const processes = each.filter((own) => own.some((value) => value !== undefined)).length;
    return { label, values, last: values.findLast((value) => value !== undefined), processes };
  });
  return lines.filter(({ last }) => last !== undefined).sort((a, b) => largest(b) - largest(a));
}

/** All attributes together: added up, or the mean of levels. */
export function totalOf(lines: Line[], kind: InstrumentKind, steps: Steps): Array<number | undefined> {
  return Array.from({ length: steps.count }, (_, step) =>
    merge(
      lines.map(({ values }) => values[step]),
      kind,
    ),
  );
}

const labelOf = ({ attributes: { keys, values } }: Series): string =>
  keys
    .map((key, index) => `${key}=${toText(values[index] ?? {})}`)
    .sort()
    .join(', ');

/** Calls back with each step that an interval overlaps, the share of the interval in it, and the seconds. */
export function spread(
  { fromMs, toMs }: Interval,
  steps: Steps,
  add: (step: number, share: number, seconds: number) => void,
): void {
  const size = stepMs(steps);
  if (toMs < steps.fromMs || fromMs >= steps.toMs) return;
  const stepAt = (ms: number): number => Math.min(steps.count - 1, Math.max(0, Math.floor((ms - steps.fromMs) / size)));
  if (toMs <= fromMs) {
    add(stepAt(toMs), 1, size / 1000);
    return;
  }
  for (let step = stepAt(fromMs); step <= stepAt(toMs); step++) {
    const start = steps.fromMs + step * size;
    const overlap = Math.min(toMs, start + size) - Math.max(fromMs, start);
    if (overlap > 0) add(step, overlap / (toMs - fromMs), overlap / 1000);
  }
}

function valuesOf(intervals: readonly Interval[], kind: InstrumentKind, steps: Steps): Array<number | undefined> {
  const values = new Array<number | undefined>(steps.count).fill(undefined);
  if (kind === 'level' || kind === 'total') {
    for (const interval of intervals) {
      const fromMs = Math.max(interval.fromMs, interval.toMs - MAX_HOLD_MS);
      spread({ ...interval, fromMs }, steps, (step) => {
        values[step] = interval.value;
      });
    }
    return values;
  }
  const seconds = new Array<number>(steps.count).fill(0);
  for (const interval of intervals) {
    spread(interval, steps, (step, share, covered) => {
      values[step] = (values[step] ?? 0) + interval.value * share;
      seconds[step] = (seconds[step] ?? 0) + covered;
    });
  }
  return values.map((value, step) => (value === undefined ? undefined : value / (seconds[step] || 1)));
}

function merge(values: Array<number | undefined>, kind: InstrumentKind): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const sum = known.reduce((a, b) => a + b, 0);
  return kind === 'level' ? sum / known.length : sum;
}

const largest = ({ values }: Line): number =>
  values.reduce<number>((max, value) => Math.max(max, value ?? Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);

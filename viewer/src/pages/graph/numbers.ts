import { type Edge, percentile } from '../../analysis/graph.ts';
import { formatCount, formatDuration, shorten } from '../format.ts';

/** Two lines: number of calls or jobs, then median duration and error rate. */
export function edgeLabel(edge: Edge): [string, string] {
  const queue = shorten([...edge.queues].join(', '), 22) || 'queue';
  const passes = edge.via === 'queue' ? `${queue}: ${formatCount(edge.calls, 'job')}` : formatCount(edge.calls, 'call');
  const median = formatPercentile(edge.durations, 0.5);
  return [passes, edge.errors > 0 ? `${median}, ${errorRate(edge)}` : median];
}

export const errorRate = ({ errors, calls }: { errors: number; calls: number }): string =>
  errors === 0 ? '0 %' : `${((errors / calls) * 100).toFixed(errors / calls < 0.1 ? 1 : 0)} % errors`;

export function formatPercentile(sorted: readonly number[], share: number): string {
  const value = percentile(sorted, share);
  return value === undefined ? '' : formatDuration(value);
}

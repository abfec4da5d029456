export { conventionalEvents } from './conventions.ts';
export {
  judgeLog,
  judgeMetric,
  judgeSpan,
  type MeasuredMetric,
  type RecordedLog,
  type RecordedSpan,
} from './judge.ts';
export { readRegistry } from './registry.ts';

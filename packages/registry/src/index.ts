export { judgeMetric, judgeSpan, type MeasuredMetric, type RecordedSpan } from './judge.ts';
export { readRegistry } from './registry.ts';

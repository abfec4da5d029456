import { getHeapSpaceStatistics } from 'node:v8';
import type { Meter } from '@opentelemetry/api';
import { described } from './instruments.ts';
import { ATTR_V8JS_HEAP_SPACE_NAME, type MetricSpec, metricTable } from './table.ts';

/**
 * Metrics of the process, read on collection: nothing is sampled in between, so that an idle process stays idle.
 */
export function observeProcess(meter: Meter): void {
  const from = ({ name, ...spec }: MetricSpec) => [name, described(spec)] as const;
  meter.createObservableCounter(...from(metricTable.cpuTime)).addCallback((observed) => {
    const { user, system } = process.cpuUsage();
    observed.observe(user / 1e6, { 'cpu.mode': 'user' });
    observed.observe(system / 1e6, { 'cpu.mode': 'system' });
  });
  meter.createObservableUpDownCounter(...from(metricTable.memoryUsage)).addCallback((observed) => {
    observed.observe(process.memoryUsage.rss());
  });
  const heapUsed = meter.createObservableUpDownCounter(...from(metricTable.heapUsed));
  const heapLimit = meter.createObservableUpDownCounter(...from(metricTable.heapLimit));
  meter.addBatchObservableCallback(
    (observed) => {
      for (const space of getHeapSpaceStatistics()) {
        const attributes = { [ATTR_V8JS_HEAP_SPACE_NAME]: space.space_name };
        observed.observe(heapUsed, space.space_used_size, attributes);
        observed.observe(heapLimit, space.space_size, attributes);
      }
    },
    [heapUsed, heapLimit],
  );
  meter.createObservableGauge(...from(metricTable.uptime)).addCallback((observed) => {
    observed.observe(process.uptime());
  });
  meter.createObservableCounter(...from(metricTable.eventLoopTime)).addCallback((observed) => {
    const { active, idle } = performance.eventLoopUtilization();
    observed.observe(active / 1e3, { 'nodejs.eventloop.state': 'active' });
    observed.observe(idle / 1e3, { 'nodejs.eventloop.state': 'idle' });
  });
}

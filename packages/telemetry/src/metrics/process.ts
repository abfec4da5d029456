import type { Meter } from '@opentelemetry/api';
import { described } from './instruments.ts';
import { type MetricSpec, metricTable } from './table.ts';

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
  meter.createObservableGauge(...from(metricTable.uptime)).addCallback((observed) => {
    observed.observe(process.uptime());
  });
  meter.createObservableCounter(...from(metricTable.eventLoopTime)).addCallback((observed) => {
    const { active, idle } = performance.eventLoopUtilization();
    observed.observe(active / 1e3, { 'nodejs.eventloop.state': 'active' });
    observed.observe(idle / 1e3, { 'nodejs.eventloop.state': 'idle' });
  });
}

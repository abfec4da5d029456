import { createNoopMeter } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, InMemorySpanExporter, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it } from 'vitest';
import { countDroppedSpans } from './dropped-spans.ts';
import { droppedSpans, telemetryState } from './state.ts';

let provider: TracerProvider | undefined;
afterEach(async () => {
  await provider?.shutdown();
  telemetryState.dropped.clear();
});

/** The SDK's batch processor with at most 5 spans in memory. `reports` collects the reports of lost spans. */
function startBatches(exporter: SpanExporter): { reports: Array<[number, string]>; end(spans: number): void } {
  const reports: Array<[number, string]> = [];
  const metrics = { getMeter: createNoopMeter };
  const { meterProvider } = countDroppedSpans(metrics, (count, reason) => reports.push([count, reason]));
  const options = { maxQueueSize: 5, maxExportBatchSize: 5, scheduledDelayMillis: 60_000 };
  provider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter, selfObsMeterProvider: meterProvider, ...options })],
  });
  const tracer = provider.getTracer('test');
  return {
    reports,
    end: (spans) => {
      for (let i = 0; i < spans; i++) tracer.startSpan('span').end();
    },
  };
}

describe('spans', () => {
  it('that find the queue full are counted and reported', () => {
    const answers: Array<() => void> = [];
    const slow: SpanExporter = {
      export: (_spans, done) => void answers.push(() => done({ code: ExportResultCode.SUCCESS })),
      shutdown: async () => {},
    };
    const { reports, end } = startBatches(slow);
    // 5 are being exported, 5 are queued.
    end(13);
    expect(reports.reduce((sum, [count]) => sum + count, 0)).toBe(3);
    expect([...telemetryState.dropped]).toEqual([['queue_full', 3]]);
    slow.export = (_spans, done) => done({ code: ExportResultCode.SUCCESS });
    for (const answer of answers) answer();
  });

  it('that the collector rejects are counted and reported', async () => {
    const refusing: SpanExporter = {
      export: (_spans, done) => done({ code: ExportResultCode.FAILED, error: new TypeError('no') }),
      shutdown: async () => {},
    };
    const { reports, end } = startBatches(refusing);
    end(4);
    await provider?.forceFlush().catch(() => {});
    expect(droppedSpans()).toBe(4);
    expect(reports.map(([, reason]) => reason)).not.toContain('queue_full');
  });

  it('missing from a delivered batch are counted once, and not as delivered', async () => {
    const processed = new Map<unknown, number>();
    const counting = createNoopMeter();
    counting.createCounter = () => ({
      add: (count, attributes) => void processed.set(attributes?.['error.type'], count),
    });
    const { meterProvider, onDrop } = countDroppedSpans({ getMeter: () => counting }, () => {});
    const partial: SpanExporter = {
      export: (_spans, done) => {
        onDrop(1, 'invalid_time');
        onDrop(2, 'rejected');
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    };
    provider = new TracerProvider({
      spanProcessors: [new BatchSpanProcessor({ exporter: partial, selfObsMeterProvider: meterProvider })],
    });
    for (let i = 0; i < 5; i++) provider.getTracer('test').startSpan('span').end();
    await provider.forceFlush();
    expect(Object.fromEntries(telemetryState.dropped)).toEqual({ invalid_time: 1, rejected: 2 });
    expect(Object.fromEntries(processed)).toEqual({ invalid_time: 1, rejected: 2, undefined: 2 });
  });

  it('that arrive are not counted', async () => {
    const exporter = new InMemorySpanExporter();
    const { reports, end } = startBatches(exporter);
    end(4);
    await provider?.forceFlush();
    expect(exporter.getFinishedSpans()).toHaveLength(4);
    expect(reports).toEqual([]);
    expect(droppedSpans()).toBe(0);
  });
});

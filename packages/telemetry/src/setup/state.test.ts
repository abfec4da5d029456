import { afterEach, describe, expect, it } from 'vitest';
import { droppedSpans, shutdownTelemetry, telemetryState } from './state.ts';

afterEach(() => {
  telemetryState.shutdown = async () => {};
  telemetryState.shutdownLogs = async () => {};
  telemetryState.dropped.clear();
});

describe('shutting down', () => {
  it('waits until the last spans are delivered', async () => {
    let delivered = false;
    telemetryState.shutdown = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      delivered = true;
    };
    expect(await shutdownTelemetry(10_000)).toBe(true);
    expect(delivered).toBe(true);
  });

  it('does not wait for a collector that never answers', async () => {
    telemetryState.shutdown = () => new Promise(() => {});
    expect(await shutdownTelemetry(20)).toBe(false);
  });

  it('reports undelivered spans and does not throw', async () => {
    telemetryState.shutdown = () => Promise.reject(new Error('the collector is gone'));
    expect(await shutdownTelemetry(10_000)).toBe(false);
  });

  it('flushes log records after the last spans', async () => {
    const flushed: string[] = [];
    telemetryState.shutdown = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      flushed.push('spans');
    };
    telemetryState.shutdownLogs = async () => void flushed.push('log records');
    expect(await shutdownTelemetry(10_000)).toBe(true);
    expect(flushed).toEqual(['spans', 'log records']);
  });

  it.each([() => new Promise<void>(() => {}), () => Promise.reject(new Error('the collector is gone'))])(
    'flushes log records also when spans cannot be delivered',
    async (shutdown) => {
      let flushed = false;
      telemetryState.shutdown = shutdown;
      telemetryState.shutdownLogs = async () => {
        flushed = true;
      };
      expect(await shutdownTelemetry(50)).toBe(false);
      expect(flushed).toBe(true);
    },
  );

  it('does nothing without telemetry', async () => {
    expect(await shutdownTelemetry(10_000)).toBe(true);
  });
});

it('adds up dropped spans over all reasons', () => {
  expect(droppedSpans()).toBe(0);
  telemetryState.dropped.set('queue_full', 3).set('timeout', 4);
  expect(droppedSpans()).toBe(7);
});

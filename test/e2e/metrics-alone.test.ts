import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterEach, describe, expect, it } from 'vitest';
import { startHotel } from './harness/hotel.ts';
import { readiness } from './harness/readiness.ts';
import { isOnPostgres } from './harness/replicas.ts';
import { type Scrape, scrape, settled } from './harness/scrape.ts';

const requests = 'http_server_request_duration_seconds_count';

describe('lost spans', () => {
  let traced: TracedSystem | undefined;
  afterEach(() => traced?.stop());

  it.each(['error', 'refuse', 'hang'] as const)(
    'are counted with their reason when the collector is in mode %s',
    async (mode) => {
      traced = await startHotel({
        ...only('cleaning'),
        env: { OTEL_BSP_MAX_QUEUE_SIZE: '4', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4', OTEL_EXPORTER_OTLP_TIMEOUT: '300' },
      });
      await traced.sink.setMode(mode);
      const asked = 40;
      const days = `${traced.url('CLEANING_PORT')}/api/v1/days`;
      await Promise.all(Array.from({ length: asked }, () => fetch(days)));
      const processed = 'otel_sdk_processor_span_processed_total';
      // Each request makes a SERVER span and a query span, and another one if it waits for a connection to PostgreSQL.
      const isAll = (count: number) => (isOnPostgres ? count >= 2 * asked : count === 2 * asked);
      const lost = ({ samples }: Scrape) =>
        samples
          .filter(({ name, labels }) => name === processed && 'error_type' in labels)
          .reduce((sum, { value }) => sum + value, 0);
      const cleaning = await settled(traced, 'CLEANING_INTERNAL_PORT', (now) => isAll(lost(now)));
      const full = cleaning.sum(processed, { error_type: 'queue_full' });
      expect(isAll(lost(cleaning))).toBe(true);
      expect(full).toBeLessThan(lost(cleaning));
      // A collector that rejects at once keeps the queue short; one that hangs makes it overflow.
      if (mode === 'hang') expect(full).toBeGreaterThan(0);
      expect(cleaning.sum(processed)).toBe(lost(cleaning));
      expect(cleaning.sum(requests, { http_route: '/api/v1/days', http_response_status_code: '200' })).toBe(asked);
      await expect
        .poll(async () => {
          const { body } = await readiness(traced as TracedSystem, 'CLEANING_INTERNAL_PORT');
          return body.telemetry.dropped_spans - lost(await scrape(traced as TracedSystem, 'CLEANING_INTERNAL_PORT'));
        })
        .toBe(0);
    },
  );
});

describe('without traces', () => {
  let traced: TracedSystem | undefined;
  afterEach(() => traced?.stop());

  it('requests are still counted', async () => {
    traced = await startHotel({ ...only('cleaning'), env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' } });
    await fetch(`${traced.url('CLEANING_PORT')}/api/v1/days`);
    const counted = await settled(traced, 'CLEANING_INTERNAL_PORT', ({ sum }) => sum(requests) === 1);
    expect(counted.sum(requests, { http_route: '/api/v1/days', http_response_status_code: '200' })).toBe(1);
    const [target] = counted.samples.filter(({ name }) => name === 'target_info');
    expect(target?.labels).toMatchObject({ service_name: 'cleaning', service_namespace: 'hotel' });
  });

  it('a disabled SDK measures nothing and reports it', async () => {
    traced = await startHotel({ ...only('cleaning'), env: { OTEL_SDK_DISABLED: 'true' } });
    const response = await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/metrics`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('OTEL_SDK_DISABLED') });
  });
});

/** The hotel's system with one independent process. */
function only(name: string) {
  const processes = hotel.processes.filter((spec) => spec.name === name);
  return { system: { ...hotel, redis: false, processes }, replicas: 1 };
}

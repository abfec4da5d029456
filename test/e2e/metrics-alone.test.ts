import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHotel } from './harness/hotel.ts';
import { readiness } from './harness/readiness.ts';
import { isOnPostgres } from './harness/replicas.ts';
import { type Scrape, scrape, settled } from './harness/scrape.ts';

const requests = 'http_server_request_duration_seconds_count';

describe('lost spans', () => {
  const processed = 'otel_sdk_processor_span_processed_total';
  let traced: TracedSystem;
  beforeAll(async () => {
    traced = await startHotel({
      ...only('cleaning'),
      env: { OTEL_BSP_MAX_QUEUE_SIZE: '4', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4', OTEL_EXPORTER_OTLP_TIMEOUT: '300' },
    });
  });
  afterAll(() => traced?.stop());

  const lostIn = ({ samples }: Pick<Scrape, 'samples'>) =>
    samples
      .filter(({ name, labels }) => name === processed && 'error_type' in labels)
      .reduce((sum, { value }) => sum + value, 0);
  /** What was counted between two scrapes. */
  const between = (before: Scrape, now: Scrape) => {
    const grown = (of: (scrape: Scrape) => number) => of(now) - of(before);
    return {
      lost: grown(lostIn),
      full: grown(({ sum }) => sum(processed, { error_type: 'queue_full' })),
      all: grown(({ sum }) => sum(processed)),
      asked: grown(({ sum }) => sum(requests, { http_route: '/api/v1/days', http_response_status_code: '200' })),
    };
  };

  // The last mode closes the connection, which the exporter opens again only after a while.
  it.each(['error', 'hang', 'refuse'] as const)(
    'are counted with their reason when the collector is in mode %s',
    async (mode) => {
      await traced.sink.setMode(mode);
      const before = await scrape(traced, 'CLEANING_INTERNAL_PORT');
      const asked = 40;
      const days = `${traced.url('CLEANING_PORT')}/api/v1/days`;
      await Promise.all(Array.from({ length: asked }, () => fetch(days)));
      // Each request makes a SERVER span and a query span, and another one if it waits for a connection to PostgreSQL.
      const isAll = (count: number) => (isOnPostgres ? count >= 2 * asked : count === 2 * asked);
      // The spans in flight are lost after those that the queue has no room for.
      const cleaning = await settled(traced, 'CLEANING_INTERNAL_PORT', (now) => {
        const { lost, full } = between(before, now);
        return isAll(lost) && full < lost;
      });
      const counted = between(before, cleaning);
      expect(isAll(counted.lost)).toBe(true);
      expect(counted.full).toBeLessThan(counted.lost);
      // A collector that rejects at once keeps the queue short; one that hangs makes it overflow.
      if (mode === 'hang') expect(counted.full).toBeGreaterThan(0);
      expect(counted.all).toBe(counted.lost);
      expect(counted.asked).toBe(asked);
      const unreported = async () => {
        const { body } = await readiness(traced, 'CLEANING_INTERNAL_PORT');
        const { samples } = await scrape(traced, 'CLEANING_INTERNAL_PORT');
        return body.telemetry.dropped_spans - lostIn({ samples });
      };
      await expect.poll(unreported).toBe(0);
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

import type { Viewer } from '../../src/viewer.ts';
import { BOOKING } from '../support/fixtures.ts';
import { postJson } from '../support/harness.ts';
import { CUMULATIVE, exponential, gauge, histogram, metricRequest, sum } from '../support/metrics.ts';
import { T0 } from '../support/spans.ts';
import { SERVER } from './hotel.ts';

const TIMES = 40;

/** Ten minutes of metrics of dispo and of the worker, up to now. One value is that of the booking's trace. */
export async function fillMetrics(viewer: Viewer): Promise<void> {
  const now = (Date.now() - T0) / 1000;
  const from = now - 15 * TIMES;
  const times = Array.from({ length: TIMES }, (_, n) => ({ n: n + 1, at: from + 15 * (n + 1), from }));
  const routes = ['POST /api/v1/bookings', 'GET /api/v1/rooms'];
  const exemplars = [{ at: now - 30, value: 0.05, traceId: BOOKING, spanId: SERVER }];
  const dispo = metricRequest([
    histogram(
      'http.server.request.duration',
      CUMULATIVE,
      ...times.map(({ n, at, from: start }) => ({
        at,
        from: start,
        counts: [n * 40, n * 30 + Math.round(20 * Math.sin(n / 4)), n * 4, n > 20 ? 3 : 0],
        attributes: { 'http.route': routes[0] ?? '' },
        exemplars: n === TIMES ? exemplars : [],
      })),
    ),
    sum(
      'hotel.bookings',
      CUMULATIVE,
      ...routes.flatMap((route, index) =>
        times.map(({ n, at, from: start }) => ({
          at,
          from: start,
          value: n * (index + 1) * 20 + (n > 20 ? 15 * (n - 20) : 0),
          attributes: { 'http.route': route },
        })),
      ),
    ),
    gauge('nodejs.eventloop.utilization', ...times.map(({ n, at }) => ({ at, value: 0.3 + 0.2 * Math.sin(n / 5) }))),
  ]);
  const points = times.map(({ n, at }) => ({ at, scale: 3, offset: -40, counts: [n, 5 * n, 2 * n, 0, n] }));
  const worker = metricRequest([exponential('hotel.queue.wait', CUMULATIVE, points)], { service: 'cleaning-worker' });
  for (const body of [dispo, worker]) await postJson(viewer, body, {}, '/v1/metrics');
}

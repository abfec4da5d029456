import { MEMORY_SAVING, type ProcessSpec, viewerProcess } from '@hotel/system';
import type { SpanShape, SystemWithTraces } from '@hotel/trace-test';
import { FUGAZI } from './src/contract.ts';
import { FROM, LAST_STEP } from './src/steps.ts';

export const steps = LAST_STEP;

const server = (service: string, name: string, status = 200, more: Partial<SpanShape> = {}): SpanShape => ({
  service,
  kind: 'SERVER',
  name,
  attributes: { 'http.route': name.slice('GET '.length), 'http.response.status_code': status },
  ...more,
});
const call = (status: number, callee: SpanShape[]): SpanShape => ({
  service: 'bands-run',
  kind: 'CLIENT',
  name: 'GET',
  attributes: { 'http.response.status_code': status },
  ...(status >= 400 ? { status: 'ERROR' } : {}),
  children: callee,
});
const load: SpanShape = { service: 'reviews-api', kind: 'INTERNAL', name: 'load_review' };
const bandLookup = server('bands-api', 'GET /bands/:uuid');
const reviewLookup = (status: number) => server('reviews-api', 'GET /reviews/:uuid', status, { children: [load] });

/** The expected trace of the caller at a step that traces it. */
function bandTrace(step: number): SpanShape {
  const ifTraced = (shape: SpanShape) => (step >= FROM.reviewsTraced ? [shape] : []);
  const last = step >= FROM.reviewsFound ? 200 : 404;
  return {
    service: 'bands-run',
    kind: 'INTERNAL',
    name: 'show_band',
    attributes: { 'bands.band.uuid': FUGAZI, 'bands.step': step },
    children: [
      call(200, [bandLookup]),
      call(200, ifTraced(server('reviews-api', 'GET /bands/:uuid/reviews'))),
      ...[200, 200, last].map((status) => call(status, ifTraced(reviewLookup(status)))),
    ],
  };
}

function service(
  name: string,
  port: string,
  number: number,
  { step, from, about }: { step: number; from: number; about: string },
): ProcessSpec {
  return {
    name,
    folder: 'examples/bands',
    entry: `src/${name}.ts`,
    nodeArgs: MEMORY_SAVING,
    traced: true,
    ports: { [port]: number },
    env: { BANDS_STEP: String(step), ...(step < from ? { OTEL_SDK_DISABLED: 'true' } : {}) },
    ready: { port, path: '/readyz' },
    page: { port, path: '' },
    about,
  };
}

/** A caller and two services, in the state of one step of the debugging walkthrough. */
export function systemAt(step: number) {
  return {
    name: 'bands',
    redis: false,
    processes: [
      viewerProcess,
      service('bands-api', 'BANDS_API_PORT', 8000, { step, from: FROM.bandsTraced, about: 'bands' }),
      service('reviews-api', 'REVIEWS_API_PORT', 8080, { step, from: FROM.reviewsTraced, about: 'reviews of bands' }),
    ],
    tryIt: { method: 'GET', url: `http://localhost:\${BANDS_API_PORT}/bands/${FUGAZI}` },
    next: [
      { what: 'all of it', command: `npx -y pnpm@12 --filter examples bands --step=${step}\${PORT_OFFSET_OPTION}` },
    ],
    expectedTraces: { band: bandTrace(step), bandAlone: bandLookup, reviewAlone: reviewLookup(200) },
  } satisfies SystemWithTraces;
}

export const system = systemAt(LAST_STEP);

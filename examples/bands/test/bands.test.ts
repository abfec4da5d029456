import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { httpJson, insistOnTrace, type Span, type SpanShape, startTraced, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Review } from '../src/caller.ts';
import { FUGAZI } from '../src/contract.ts';
import { LAST_STEP } from '../src/steps.ts';
import { system, systemAt } from '../system.ts';

const FOLDER = join(import.meta.dirname, '..');
let traced: TracedSystem;

/** Runs the caller as a user does, exporting to the receiver of the services. */
async function run(step: number): Promise<{ band: { reviews: Review[] }; traceId: string }> {
  const env = {
    PATH: process.env.PATH,
    ...traced.system.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: traced.sink.endpoint,
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=bands',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/run.ts', `--step=${step}`], {
    cwd: FOLDER,
    env,
  });
  const [band = '', link = ''] = stdout.split('Its trace: ');
  return { band: JSON.parse(band), traceId: link.trim().split('/').at(-1) ?? '' };
}

const reviewCalls = (spans: Span[]) =>
  spans
    .filter(({ kind, attributes }) => kind === 'CLIENT' && /\/reviews\/[^/]+$/.test(String(attributes['url.full'])))
    .toSorted((a, b) => Number(a.startNs - b.startNs));

describe('during the walkthrough', () => {
  beforeAll(async () => {
    traced = await startTraced(systemAt(4));
  });
  afterAll(() => traced?.stop());

  it('the trace shows reviews fetched one by one, and one that is not found', async () => {
    const { band, traceId } = await run(4);
    expect(band.reviews).toHaveLength(2);
    const calls = reviewCalls(await insistOnTrace(traced, traceId, systemAt(4).expectedTraces.band));
    for (const [index, { startNs }] of calls.slice(1).entries()) {
      expect(startNs > (calls[index] as Span).endNs, 'starts after the previous review').toBe(true);
    }
    expect(String(calls.at(-1)?.attributes['url.full'])).toMatch(/FF8E9267-0B4D-47FA-ABC7-4F112C533188$/);
  });

  it('the trace shows reviews fetched in parallel after the fix', async () => {
    const { traceId } = await run(5);
    const calls = reviewCalls(await insistOnTrace(traced, traceId, systemAt(5).expectedTraces.band));
    const firstEnd = calls.map(({ endNs }) => endNs).toSorted((a, b) => Number(a - b))[0] ?? 0n;
    for (const { startNs } of calls) expect(startNs < firstEnd, 'starts before the first review ends').toBe(true);
  });
});

describe('after the last step', () => {
  beforeAll(async () => {
    traced = await startTraced(system);
  });
  afterAll(() => traced?.stop());

  it('the caller gets all reviews, in one trace of three processes', async () => {
    const { band, traceId } = await run(LAST_STEP);
    expect(band).toEqual({
      uuid: FUGAZI,
      name: 'Fugazi',
      reviews: Array(3).fill({ uuid: expect.any(String), body: expect.any(String), created: expect.any(String) }),
      created: '2027-01-30T09:15:00.000Z',
    });
    const spans = await insistOnTrace(traced, traceId, system.expectedTraces.band);
    const servers = spans.filter(({ kind }) => kind === 'SERVER');
    expect(servers.map(({ attributes }) => attributes['bands.tracestate'])).toEqual(Array(5).fill('step6'));
    expect(new Set(servers.map(({ traceState }) => traceState))).toEqual(new Set(['bands=step6']));

    const linesOfTrace = () => traced.lines().filter(({ text }) => text.includes(traceId));
    await expect.poll(() => new Set(linesOfTrace().map(({ process }) => process)).size).toBe(2);
  });

  it('the response of a band matches its schema, names its trace in the headers, and keeps other tracestate members', async () => {
    const url = `${traced.url('BANDS_API_PORT')}/bands/${FUGAZI}`;
    const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const headers = { traceparent: `00-${caller.traceId}-${caller.spanId}-01`, tracestate: 'vendor=1,bands=mine' };
    const answer = await httpJson(url, { headers });
    expect(answer.body).toEqual({
      uuid: FUGAZI,
      created: expect.any(String),
      succeeded_at: expect.any(String),
      result: { name: 'Fugazi' },
    });
    expect(answer.headers.get('traceresponse')).toContain(caller.traceId);
    expect(answer.headers.get('server-timing')).toBe(`trace;desc=${caller.traceId}`);
    const shape: SpanShape = { ...system.expectedTraces.bandAlone, attributes: { 'bands.tracestate': 'mine' } };
    const [span] = await insistOnTrace(traced, caller.traceId, shape, { remoteParent: caller });
    expect(span?.traceState).toBe('vendor=1,bands=mine');
  });

  it('a direct request for a review is a trace of its own', async () => {
    const url = `${traced.url('REVIEWS_API_PORT')}/reviews/ff8e9267-0b4d-47fa-abc7-4f112c533186`;
    const { body, traceId = '' } = await httpJson(url);
    expect(body).toMatchObject({ result: { body: expect.stringMatching(/^Thirteen songs/) } });
    await insistOnTrace(traced, traceId, system.expectedTraces.reviewAlone);
  });

  it.each([
    ['BANDS_API_PORT', '/bands/11111111-1111-4111-8111-111111111111'],
    ['BANDS_API_PORT', '/bands/fugazi'],
    ['BANDS_API_PORT', '/albums'],
    ['REVIEWS_API_PORT', '/reviews/11111111-1111-4111-8111-111111111111'],
    ['REVIEWS_API_PORT', '/bands/11111111-1111-4111-8111-111111111111/reviews'],
  ])('port %s returns a problem with its trace id for %s', async (port, path) => {
    const answer = await httpJson(traced.url(port) + path);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ status: 404, detail: expect.any(String), trace_id: answer.traceId });
  });

  it('the caller and its trace report which service is down', async () => {
    await traced.system.processes.get('reviews-api')?.stop();
    await expect(run(LAST_STEP)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ECONNREFUSED\nAre both/),
    });
    const failed = (span: Span) => span.service === 'bands-run' && span.status.code === 'ERROR';
    const spans = await traced.sink.waitFor((all) => all.filter(failed).length === 2, { what: 'failed spans' });
    expect(
      spans
        .filter(failed)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['GET', 'show_band']);
  });
});

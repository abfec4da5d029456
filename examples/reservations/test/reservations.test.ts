import { httpJson, insistOnTrace, type Span, startTraced, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemWith } from '../system.ts';

interface Answer {
  id: string;
  status: number;
  detail: string;
  trace_id: string;
  credits_left: number;
}

/**
 * Attributes of the HTTP spans by kind, for both propagations. `user_agent.original` is left out: not every client
 * sends it.
 */
const HTTP_ATTRIBUTES: Record<string, string[]> = {
  SERVER: [
    'client.address',
    'hotel.baggage.channel',
    'http.request.method',
    'http.response.status_code',
    'http.route',
    'network.protocol.version',
    'server.address',
    'server.port',
    'url.path',
    'url.scheme',
  ],
  CLIENT: ['http.request.method', 'http.response.status_code', 'server.address', 'server.port', 'url.full'],
};

describe.each(['library', 'hand'] as const)('with propagation by %s', (propagation) => {
  const system = systemWith(propagation);
  const { expectedTraces } = system;
  let traced: TracedSystem;
  beforeAll(async () => {
    traced = await startTraced(system);
  });
  afterAll(() => traced?.stop());

  const url = (path: string) => traced.url('RESERVATIONS_SERVICE_PORT') + path;
  const reserve = (username: string, headers: Record<string, string> = {}) =>
    httpJson<Answer>(url('/reservations'), { method: 'POST', headers, body: { username, item_id: 'book-1' } });
  const creditsOf = async (username: string) =>
    (await httpJson<{ credits: number }>(`${traced.url('USER_SERVICE_PORT')}/users/${username}/limits`)).body.credits;
  const serverSpan = async (traceId = ''): Promise<Span> => {
    const isIt = ({ service, kind }: Span) => service === 'reservations-service' && kind === 'SERVER';
    const spans = await waitForTrace(traced.sink, traceId, { until: (all) => all.some(isIt) });
    return spans.find(isIt) as Span;
  };

  it("a reservation is one trace, continues the caller's, and costs a credit", async () => {
    expect(await creditsOf('test')).toBe(3);
    const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const { status, body, traceId } = await reserve('test', {
      traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
      tracestate: 'vendor=1',
      baggage: 'channel=web,name=miller',
    });
    expect({ status, body }).toEqual({
      status: 201,
      body: { id: expect.any(String), username: 'test', item_id: 'book-1', credits_left: 2 },
    });
    expect(traceId).toBe(caller.traceId);
    const spans = await insistOnTrace(traced, caller.traceId, expectedTraces.reservation, { remoteParent: caller });
    expect(new Set(spans.map(({ traceState }) => traceState))).toEqual(new Set(['vendor=1']));
    const edges = spans.filter(({ kind, name }) => kind === 'SERVER' || name === 'GET');
    const scope = propagation === 'hand' ? 'reservations' : '@hotel/telemetry';
    expect(new Set(edges.map(({ scope: made }) => made)), 'scope of the HTTP spans').toEqual(new Set([scope]));
    for (const { kind, attributes } of edges) {
      const ofHttp = Object.keys(attributes).filter((key) => !/^(?:reservations|user_agent)\./.test(key));
      expect(ofHttp.toSorted()).toEqual(HTTP_ATTRIBUTES[kind]);
    }
    expect(await creditsOf('test')).toBe(2);
    expect((await httpJson(url(`/reservations/${body.id}`))).body).toMatchObject({
      username: 'test',
      item_id: 'book-1',
    });
  });

  it('probes and scrapes are not traced', async () => {
    const probes = ['/health', '/livez', '/readyz', '/metrics'];
    for (const path of probes) {
      const { status, headers } = await fetch(url(path));
      expect({ path, status, trace: headers.get('traceresponse') }).toEqual({ path, status: 200, trace: null });
    }
    // Spans are exported in order: a span of a probe would have arrived before this one.
    await serverSpan((await reserve('broke')).traceId);
    const paths = traced.sink.spans().map(({ attributes }) => String(attributes['url.path']));
    expect(paths.filter((path) => probes.includes(path))).toEqual([]);
  });

  it.each([
    ['starts at this service', {}, '03'],
    ['was random at the caller', { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-03` }, '03'],
    ['was not random at the caller', { traceparent: `00-${'3'.repeat(32)}-${'2'.repeat(16)}-01` }, '01'],
  ])('returns to the caller the flags of a trace that %s', async (_what, headers, flags) => {
    const { headers: answered } = await reserve('broke', headers);
    expect(answered.get('traceresponse')).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flags}$`));
    expect(answered.get('server-timing')).toBe(`trace;desc=${answered.get('traceresponse')?.split('-')[1]}`);
  });

  it('records no user name, whatever the outcome of the reservation', async () => {
    for (const username of ['broke', 'nobody']) {
      const { traceId = '' } = await reserve(username);
      const isServer = ({ service, kind }: Span) => service === 'reservations-service' && kind === 'SERVER';
      const spans = await waitForTrace(traced.sink, traceId, { until: (all) => all.some(isServer) });
      const recorded = spans.map(({ attributes, events, status }) => ({ attributes, events, status }));
      const text = JSON.stringify(recorded, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      expect(text).toContain('/users/REDACTED/limits');
      expect(text).not.toContain(username);
    }
  });

  it('a user without credits cannot reserve, and the trace shows which step failed', async () => {
    const { status, body, traceId = '' } = await reserve('broke');
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { detail: 'the user has no credits left', trace_id: traceId },
    });
    await insistOnTrace(traced, traceId, expectedTraces.noCredits);
  });

  it('an unknown user gets 404 in both services', async () => {
    const { status, traceId = '' } = await reserve('nobody');
    expect(status).toBe(404);
    await insistOnTrace(traced, traceId, expectedTraces.unknownUser);
  });

  it.skipIf(propagation === 'hand')('concurrent requests spend the last credit only once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => reserve('test')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409, 409, 409, 409]);
    expect(await creditsOf('test')).toBe(0);
  });

  it.skipIf(propagation === 'hand').each([
    ['no JSON', '{"username": ', 400, /JSON/],
    ['no item', { username: 'test' }, 422, /item_id/],
    ['an invalid user name', { username: 'a b', item_id: 1 }, 422, /username/],
    ['an unknown field', { username: 'test', item_id: 1, credits: 9 }, 422, /credits/],
    ['no body', undefined, 400, /JSON/],
  ])('%s is rejected with a problem, in a span that names the step', async (_, body, status, detail) => {
    const answer = await httpJson<Answer>(url('/reservations'), {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    });
    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringMatching(detail) } });
    expect(answer.body.trace_id).toBe(answer.traceId);
    expect((await serverSpan(answer.traceId)).status.code).toBe('UNSET');
    const parse = (await traced.sink.trace(answer.traceId ?? '')).find(({ name }) => name === 'parse_request');
    expect(parse?.status.code).toBe('ERROR');
  });

  it('without user-service a request gets 503, marks every span as failed, and reserves nothing', async () => {
    await traced.system.processes.get('user-service')?.stop();
    const { status, headers, body, traceId = '' } = await reserve('test');
    expect({ status, body }).toMatchObject({ status: 503, body: { detail: expect.stringContaining('user-service') } });
    expect(headers.get('retry-after')).toBe('1');
    expect((await serverSpan(traceId)).status.code).toBe('ERROR');
    const failed = traced.sink.trace(traceId).filter((span) => span.status.code === 'ERROR');
    expect(failed.map(({ name }) => name).toSorted()).toEqual([
      'GET',
      'POST /reservations',
      'check_limits',
      'reservations_handler',
    ]);
    expect(failed.map(({ attributes }) => typeof attributes['error.type'])).toEqual(failed.map(() => 'string'));
  });
});

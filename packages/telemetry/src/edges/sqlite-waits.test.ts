import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { moment } from './moment.ts';
import { createDatabaseWaits } from './sqlite-waits.ts';

const sdk = startSdk();
const waits = createDatabaseWaits('hotel');

async function spanOf(work: () => void) {
  const { parent } = await insideOfASpan(work);
  const span = sdk.spans().find(({ kind }) => kind === SpanKind.CLIENT);
  expect(span?.parentSpanContext?.spanId).toBe(parent.spanId);
  return span;
}

describe.each([
  ['a span of the SDK', false],
  ['a span from a template', true],
])('as %s,', (_what, useTemplates) => {
  beforeEach(() => {
    sdk.useTemplates = useTemplates;
  });

  it('a commit shared by several writes is a span of each, with its duration and their number', async () => {
    const [began, ended] = [moment(), moment()];
    const span = await spanOf(() => waits.showCommit(began, ended, 17));
    expect(span).toMatchObject({ name: 'COMMIT', startTime: began.time, endTime: ended.time });
    expect(span?.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.namespace': 'hotel',
      'db.query.summary': 'COMMIT',
      'db.query.text': 'COMMIT',
      'hotel.commit.writes': 17,
    });
  });

  it('a wait for the lock is a span with the number of attempts', async () => {
    const [began, ended] = [moment(), moment()];
    const span = await spanOf(() => waits.showLock({ began, ended, attempts: 3 }));
    expect(span).toMatchObject({ name: 'BEGIN IMMEDIATE', startTime: began.time, endTime: ended.time });
    expect(span?.attributes).toMatchObject({ 'hotel.lock.attempts': 3 });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('a wait for the lock that fails is an ERROR', async () => {
    const error = Object.assign(new Error('locked for 2000 ms'), { code: 'database_busy' });
    const span = await spanOf(() => waits.showLock({ began: moment(), ended: moment(), attempts: 42, error }));
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'locked for 2000 ms' });
    expect(span?.attributes).toMatchObject({
      'db.response.status_code': 'SQLITE_BUSY',
      'error.type': 'database_busy',
    });
  });

  it('a wait outside a sampled trace has no span', async () => {
    waits.showCommit(moment(), moment(), 2);
    sdk.sampleNewTraces = false;
    await insideOfASpan(() => waits.showCommit(moment(), moment(), 2));
    expect(sdk.spans()).toEqual([]);
  });
});

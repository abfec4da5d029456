import { problemsOfDocument } from '@hotel/http/test';
import { createLogger } from '@hotel/log';
import { expect, it } from 'vitest';
import { createPublicApp, type Deps } from './app.ts';

it('has a valid OpenAPI document with every route, and examples that match their schemas', async () => {
  const nothing = {} as Deps['rooms'] & Deps['bookings'] & Deps['replay'];
  const deps: Deps = {
    rooms: nothing,
    bookings: nothing,
    replay: nothing,
    tracesUrl: 'http://traces',
    checks: {},
    log: createLogger(),
  };
  expect(await problemsOfDocument(createPublicApp(deps))).toEqual([]);
});

import { problemsOfDocument } from '@hotel/http/test';
import { createLogger } from '@hotel/log';
import { expect, it } from 'vitest';
import { createPublicApp, type Deps } from './app.ts';

it('the OpenAPI document is valid, covers every route, and its examples match the schemas', async () => {
  const nothing = {} as Deps['days'] & Deps['tasks'] & Deps['rooms'];
  const deps: Deps = {
    days: nothing,
    tasks: nothing,
    rooms: nothing,
    deleteStaysBefore: async (_, after) => ({ forgotten: 0, after, isLast: true }),
    events: { roomDeclaredClean() {} },
    today: () => '2027-02-04',
    tracesUrl: 'http://traces',
    checks: {},
    log: createLogger(),
  };
  expect(await problemsOfDocument(createPublicApp(deps))).toEqual([]);
});

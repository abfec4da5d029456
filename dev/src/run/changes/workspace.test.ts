import { expect, it } from 'vitest';
import { ROOT } from '../../cli/settings.ts';
import { findSystem } from '../../systems/examples.ts';
import { hotel } from '../../systems/hotel.ts';
import { sourcesOf } from './workspace.ts';

it('maps a folder to its own processes and those that import it', async () => {
  const users = await sourcesOf(hotel, ROOT);
  expect(users.get('dispo')).toEqual(['dispo']);
  expect(users.get('cleaning')).toEqual(['cleaning', 'cleaning-worker']);
  expect(users.get('viewer')).toEqual(['viewer']);
  expect(users.get('packages/contracts')).toEqual(['dispo', 'cleaning', 'cleaning-worker']);
  expect(users.get('packages/telemetry')).toEqual(['dispo', 'cleaning', 'cleaning-worker']);
});

it('includes the package that contains an example, and what that package imports', async () => {
  const users = await sourcesOf(await findSystem('shop'), ROOT);
  const services = ['api-gateway', 'user-service', 'order-service', 'database-service', 'inventory-service'];
  for (const folder of ['examples/shop', 'examples', 'packages/http']) expect(users.get(folder)).toEqual(services);
});

it('omits folders that no process imports', async () => {
  const users = await sourcesOf(hotel, ROOT);
  expect(users.has('packages/trace-test')).toBe(false);
  expect(users.has('dev')).toBe(false);
});

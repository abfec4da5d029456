import { expect, it } from 'vitest';
import { PLAIN } from '../cli/terminal.ts';
import { exampleBanner } from '../run/example-banner.ts';
import { findSystem, rootServices } from './examples.ts';
import { hotel } from './hotel.ts';

it('is about the hotel unless an example is named', async () => {
  expect(await findSystem()).toBe(hotel);
  expect((await findSystem('shop')).name).toBe('shop');
});

it('knows where the traces of a system begin', async () => {
  expect(rootServices(hotel)).toContain('dispo');
  expect(rootServices(await findSystem('shop'))).toEqual(['api-gateway']);
});

it.each([
  ['inn', undefined, "There is no example 'inn'. There are "],
  ['shop', '2', 'The example shop is not told in steps: leave --step out.'],
  [undefined, '2', '--step belongs to an example'],
])('says what is wrong with --example=%s --step=%s', async (name, step, message) => {
  await expect(findSystem(name, step)).rejects.toThrow(message);
});

it('names the URLs of an example, a curl to try and where its lesson is', async () => {
  const text = exampleBanner({
    system: await findSystem('shop'),
    ports: { API_GATEWAY_PORT: 8100, VIEWER_HEALTH_PORT: 1 },
    traces: { store: 'viewer', searchPage: 'http://localhost:16686/search' },
    redis: '',
    dataDir: '.hotel/examples/shop',
    terminal: PLAIN,
  });
  expect(text).toMatch(/api-gateway +http:\/\/localhost:8100\n/);
  expect(text).toContain("curl -X POST 'localhost:8100/orders?user_id=123&product_id=1&quantity=2'");
  expect(text).toContain('examples/shop/README.md');
});

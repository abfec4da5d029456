import { expect, it } from 'vitest';
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

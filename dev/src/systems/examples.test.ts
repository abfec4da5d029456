import { expect, it } from 'vitest';
import { findExercise, findSystem, rootServices } from './examples.ts';
import { hotel } from './hotel.ts';

it('finds the hotel unless an example is named', async () => {
  expect(await findSystem()).toBe(hotel);
  expect((await findSystem('shop')).name).toBe('shop');
});

it('lists the services in which the traces of a system start', async () => {
  expect(rootServices(hotel)).toContain('dispo');
  expect(rootServices(await findSystem('shop'))).toEqual(['api-gateway']);
});

it.each([
  ['inn', undefined, "There is no example 'inn'. There are "],
  ['shop', '2', 'The example shop has no steps: leave --step out.'],
  [undefined, '2', '--step belongs to an example'],
])('explains what is wrong with --example=%s --step=%s', async (name, step, message) => {
  await expect(findSystem(name, step)).rejects.toThrow(message);
});

it.each([
  [undefined, 'metrics', '--exercise belongs to an example'],
  ['bands', 'metrics', "The example bands has no exercise 'metrics'. It has none."],
  ['shop', 'chess', /^The example shop has no exercise 'chess'. It has .*\bnotification\b/],
])('explains what is wrong with --example=%s --exercise=%s', async (example, exercise, message) => {
  await expect(findExercise(example, exercise, '/nowhere')).rejects.toThrow(message);
});

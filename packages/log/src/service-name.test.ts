import { expect, it } from 'vitest';
import { serviceNameOf } from './service-name.ts';

it.each([
  ['/app/dispo/src/main.ts', 'dispo'],
  ['/app/cleaning/src/worker.ts', 'cleaning-worker'],
  ['C:\\app\\dispo\\src\\main.ts', 'dispo'],
  ['src/main.ts', 'unknown_service:node'],
  ['/app/script.js', 'unknown_service:node'],
  [undefined, 'unknown_service:node'],
])('a process started with %s is named %s', (entry, expected) => {
  expect(serviceNameOf(entry)).toBe(expected);
});

import { expect, it } from 'vitest';
import { PLAIN } from '../cli/terminal.ts';
import { hotel } from '../systems/hotel.ts';
import { banner } from './banner.ts';

const input = {
  system: hotel,
  ports: { DISPO_PORT: 8080, CLEANING_PORT: 8181, VIEWER_PORT: 16686 },
  redis: 'redis://127.0.0.1:1',
  dataDir: '.hotel/data',
  terminal: PLAIN,
};

it.each([
  ['jaeger', 'http://jaeger.lan:16686/search'],
  ['tempo', 'http://localhost:3000/explore'],
] as const)('names the backend in use: %s', (store, searchPage) => {
  const text = banner({ ...input, traces: { store, searchPage } });
  expect(text).toMatch(new RegExp(`^ +${store} +${searchPage} +the traces$`, 'm'));
  expect(text).not.toContain('viewer');
});

it('names the URLs, a curl to try, and what to look at, with the ports of this run', () => {
  const traces = { store: 'viewer', searchPage: 'http://localhost:16686/search' } as const;
  const text = banner({ ...input, traces });
  expect(text).toContain(
    `curl localhost:8080/api/v1/bookings/ -H 'content-type: application/json' -d '{"room_id": 1, "start": "2027-02-04", "end": "2027-02-06"}'`,
  );
  expect(text).toContain('http://localhost:8181/docs');
  expect(text).toContain("'localhost:8181/api/v1/days?start=2027-02-04&end=2027-02-06'");
  expect(text).toContain('npx -y pnpm@12 trace last');
  expect(text).toContain('http://localhost:16686/search');
});

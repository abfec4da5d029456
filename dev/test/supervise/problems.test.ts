import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSupervised } from '../supervised.ts';

let hotel: Awaited<ReturnType<typeof createSupervised>>;
beforeEach(async () => {
  hotel = await createSupervised();
});
afterEach(() => hotel.remove());

it('reports a taken port and its setting before anything is started', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(hotel.ports.CLEANING_PORT), '127.0.0.1', resolve));
  const { ended, text } = hotel.start();
  expect(await ended).toBe(1);
  expect(text()).toBe(
    `Port ${hotel.ports.CLEANING_PORT} is taken, and cleaning needs it. Stop what listens there, or set CLEANING_PORT to another port, for instance CLEANING_PORT=${text().match(/CLEANING_PORT=(\d+)/)?.[1]}. (\`dev --port-offset=1000\` shifts all ports.)\n`,
  );
  server.close();
});

it('reports a process that is not ready in time, and the setting for the limit', async () => {
  await writeFile(join(hotel.root, 'dispo/src/main.ts'), 'setInterval(() => {}, 1e6);\n');
  const { ended, text } = hotel.start([], { HOTEL_READY_TIMEOUT_MS: '1500' });
  expect(await ended).toBe(1);
  expect(text()).toMatch(/^dispo is not ready after 1.5 s: .* set HOTEL_READY_TIMEOUT_MS \(now 1500\)\.$/m);
});

it('rejects a limit that is not a number before anything is started', async () => {
  const { ended, text } = hotel.start([], { HOTEL_READY_TIMEOUT_MS: 'soon' });
  expect(await ended).toBe(1);
  expect(text()).toMatch(/^HOTEL_READY_TIMEOUT_MS=soon: set it to milliseconds/);
});

it('explains why data cannot be stored, without a stack', async () => {
  await writeFile(join(hotel.root, 'data'), 'a file');
  const { ended, text } = hotel.start();
  expect(await ended).toBe(1);
  expect(text()).toMatch(
    /data\S* cannot be used \(mkdir: (EEXIST|ENOTDIR)\): a file is where a folder should be\.\n.* set HOTEL_DATA_DIR/,
  );
});

it('quotes only the message of a log line, with advice about data of a newer version', async () => {
  const line = {
    level: 'fatal',
    service: 'dispo',
    msg: 'could not start: dispo.sqlite cannot be used: a newer version wrote it',
  };
  await writeFile(
    join(hotel.root, 'dispo/src/main.ts'),
    `console.log(${JSON.stringify(JSON.stringify(line))}); process.exitCode = 1;\n`,
  );
  const { ended, text } = hotel.start();
  expect(await ended).toBe(1);
  expect(text().match(/\{"level":"fatal"/g)).toHaveLength(1);
  expect(text()).toMatch(
    /dispo ended with code 1 before it was ready\.\n {4}could not start: .* newer version wrote it\n.* delete the data with --fresh\.\n$/,
  );
});

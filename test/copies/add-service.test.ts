import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@hotel/system';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Copy, copyTree } from './copy.ts';
import { apply, readEdits } from './guide.ts';

const GUIDE = join(import.meta.dirname, '../../docs/adding-a-service.md');
const LIMIT_MS = 300_000;
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
if (!hasKubectl)
  console.warn('SKIPPED: the manifests of the added service were not checked, for there is no kubectl on PATH.');

const edits = readEdits(GUIDE);
const manifests = edits.filter(({ file }) => file.endsWith('.yaml'));
const sources = edits.filter((edit) => !manifests.includes(edit));

let copy: Copy;
beforeAll(async () => {
  copy = await copyTree();
  for (const edit of sources) await apply(edit, copy.root);
}, LIMIT_MS);
afterAll(() => copy?.[Symbol.asyncDispose]());

it('the code of the guide passes formatter and type checker', { timeout: LIMIT_MS }, async () => {
  await copy.run('tsc', '--noEmit');
  await copy.run('biome', 'check', 'examples/shop');
});

it('the added service is in the banner and in the newest trace', { timeout: LIMIT_MS }, async () => {
  const names = [
    'API_GATEWAY',
    'USER_SERVICE',
    'ORDER_SERVICE',
    'DATABASE_SERVICE',
    'INVENTORY_SERVICE',
    'NOTIFICATION_SERVICE',
  ];
  const variables = [
    ...names.map((name) => `${name}_PORT`),
    'VIEWER_PORT',
    'VIEWER_HEALTH_PORT',
    'OTLP_GRPC_PORT',
    'OTLP_HTTP_PORT',
  ];
  const free = await freePorts(variables.length);
  const ports = Object.fromEntries(variables.map((name, index) => [name, `${free[index]}`]));
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...ports };
  const dev = spawn(process.execPath, ['dev/src/dev.ts', '--example=shop', '--no-watch'], { cwd: copy.root, env });
  const closed = once(dev, 'close');
  let output = '';
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (data) => (output += data));
  try {
    await expect.poll(() => output, { timeout: 120_000 }).toMatch(/^ready/m);
    expect(output).toMatch(
      new RegExp(
        `^ {2}notification-service +http://localhost:${ports.NOTIFICATION_SERVICE_PORT} +tells the customer$`,
        'm',
      ),
    );
    const order = `http://127.0.0.1:${ports.API_GATEWAY_PORT}/orders?user_id=123&product_id=1&quantity=2`;
    expect((await fetch(order, { method: 'POST' })).status).toBe(201);
    const printTrace = () => copy.run('node', 'dev/src/trace.ts', 'last', '--no-times');
    await expect
      .poll(printTrace, { timeout: 60_000, interval: 500 })
      .toMatch(
        / INTERNAL send_notification +order-service\n.* CLIENT {3}POST +order-service\n.* SERVER {3}POST \/notifications +notification-service$/m,
      );
  } finally {
    dev.kill('SIGINT');
    await closed;
  }
});

it.skipIf(!hasKubectl)(
  'misses the manifests of the service until the guide adds them',
  { timeout: LIMIT_MS },
  async () => {
    const check = () => copy.run('vitest', 'run', 'examples/test/deploy.test.ts');
    await expect(check()).rejects.toThrow(/the manifests of .*shop/);
    for (const edit of manifests) await apply(edit, copy.root);
    await check();
  },
);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { detectResource } from './resource.ts';

const root = join(import.meta.dirname, '../../../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

it('the environment overrides what is detected and the defaults', async () => {
  const given = {
    'host.name': 'node-7',
    'host.id': 'abc',
    'service.instance.id': 'pod-1',
    'service.namespace': 'motel',
    'service.version': '7',
    'deployment.environment.name': 'test',
  };
  const list = Object.entries(given).map((pair) => pair.join('='));
  const env = { OTEL_RESOURCE_ATTRIBUTES: [...list, 'service.name=other'].join(','), OTEL_SERVICE_NAME: 'dispo' };
  expect((await detectResource(env)).attributes).toMatchObject({ ...given, 'service.name': 'dispo' });
});

it('has no pending attributes, and none that this machine lacks', async () => {
  const resource = await detectResource({});
  expect(resource.asyncAttributesPending).toBe(false);
  expect(resource.getRawAttributes().filter(([, value]) => value === undefined)).toEqual([]);
  expect(resource.attributes).toMatchObject({ 'host.name': expect.any(String), 'process.pid': process.pid });
});

it.each([
  ['host', 'host.name', 'process.pid'],
  ['env,process', 'process.pid', 'host.name'],
  ['none', 'service.namespace', 'host.name'],
])('with OTEL_NODE_RESOURCE_DETECTORS=%s has %s and not %s', async (names, present, absent) => {
  const { attributes } = await detectResource({ OTEL_NODE_RESOURCE_DETECTORS: names });
  expect(attributes).toHaveProperty([present]);
  expect(attributes).not.toHaveProperty([absent]);
});

it.each(['dispo/src/main.ts', 'cleaning/src/worker.ts', 'examples/shop/src/order-service.ts'])(
  '%s started alone has a namespace, an environment and the version of the workspace',
  async (entry) => {
    expect((await detectResource({}, join(root, entry))).attributes).toMatchObject({
      'service.namespace': 'hotel',
      'service.version': version,
      'deployment.environment.name': 'development',
    });
  },
);

it('a service with a version and a namespace of its own reports them, and a script without any reports none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'version-'));
  const reported = async (env = {}) => {
    const { attributes } = await detectResource(env, join(folder, 'main.ts'));
    return [attributes['service.version'], attributes['service.namespace']];
  };
  const none = [undefined, undefined];
  try {
    expect(await reported()).toEqual(none);
    for (const unusable of [
      'not JSON',
      'null',
      '{ "version": 3, "config": null }',
      '{ "config": { "namespace": "" } }',
    ]) {
      writeFileSync(join(folder, 'package.json'), unusable);
      expect(await reported()).toEqual(none);
    }
    writeFileSync(join(folder, 'package.json'), '{ "version": "3.2.1", "config": { "namespace": "motel" } }');
    expect(await reported()).toEqual(['3.2.1', 'motel']);
    expect(await reported({ OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=inn' })).toEqual(['3.2.1', 'inn']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

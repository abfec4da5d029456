import { expect, it } from 'vitest';
import { detectResource } from './resource.ts';

it('the environment overrides the detected host and instance', async () => {
  const said = {
    'host.name': 'node-7',
    'host.id': 'abc',
    'service.instance.id': 'pod-1',
    'service.namespace': 'motel',
  };
  const list = Object.entries(said).map((pair) => pair.join('='));
  const env = { OTEL_RESOURCE_ATTRIBUTES: [...list, 'service.name=other'].join(','), OTEL_SERVICE_NAME: 'dispo' };
  expect((await detectResource(env)).attributes).toMatchObject({ ...said, 'service.name': 'dispo' });
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

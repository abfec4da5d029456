import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tracePages } from '@hotel/http';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { locateKustomize, ROOT } from './kustomize.ts';
import { Manifests } from './objects.ts';

const kustomize = await locateKustomize();
const text = readFileSync(join(ROOT, 'docs/kubernetes.md'), 'utf8');
const flat = text.replace(/\s+/g, ' ');
const found = (pattern: RegExp) => [...flat.matchAll(pattern)].map((match) => match[1] ?? '');

/** Options in the search form of Jaeger's UI. */
const LOOKBACKS = ['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d', '3d', '5d', '7d', '2w', '3w', '4w'];

it('every link to a trace search has a service and a lookback that Jaeger accepts', () => {
  const files = [
    'Tiltfile',
    'README.md',
    ...globSync('{docs,examples}/**/*.md', { cwd: ROOT, exclude: ['**/node_modules'] }),
  ];
  const links = files.flatMap(
    (file) => readFileSync(join(ROOT, file), 'utf8').match(/http[^\s'"<>)`]+\/search\?[^\s'"<>)`]+/g) ?? [],
  );
  expect(links.length).toBeGreaterThan(1);
  for (const link of links) {
    const { searchParams } = new URL(link);
    expect(searchParams.get('service'), link).toBeTruthy();
    expect(LOOKBACKS, link).toContain(searchParams.get('lookback'));
  }
  const own = new URL(tracePages('http://jaeger').search('dispo'));
  expect([own.searchParams.get('service'), LOOKBACKS.includes(own.searchParams.get('lookback') ?? '')]).toEqual([
    'dispo',
    true,
  ]);
});

describe('docs/kubernetes.md', () => {
  it("makes the same booking as the system's banner", () => {
    const [body] = found(/curl localhost:8080\/api\/v1\/bookings\/ .*? -d '(\{.*?\})'/g);
    expect(JSON.parse(body ?? '')).toEqual(hotel.tryIt.body);
  });

  it('reaches the trace in five commands', () => {
    const tour = text.slice(text.indexOf('## Five commands'), text.indexOf('## Change something'));
    expect(tour.match(/^```\n.+\n```$/gm)).toHaveLength(5);
  });

  it.skipIf(!kustomize)('names overlays, Deployments and containers that exist', async () => {
    for (const folder of new Set(found(/(deploy\/(?:base|components|overlays)(?:[\w/.-]*\w)?)/g))) {
      expect(existsSync(join(ROOT, folder)), folder).toBe(true);
    }
    const manifests = new Manifests((await kustomize?.render('deploy/overlays/dev')) ?? '');
    const deployments = manifests.pods().map(({ name }) => name);
    const containers = manifests.containers().map(({ container }) => container.name);
    expect(deployments).toEqual(expect.arrayContaining(found(/deploy\/(dispo|cleaning|redis)\b/g)));
    expect(containers).toEqual(expect.arrayContaining(found(/--container ([\w-]+)/g)));
    for (const namespace of found(/--namespace ([\w-]+)/g)) expect(namespace).toBe('hotel');
  });

  it('names settings of the Tiltfile', () => {
    const tiltfile = readFileSync(join(ROOT, 'Tiltfile'), 'utf8');
    const settings = new Set(found(/`tilt up -- --(\w+)=/g));
    expect(settings).toEqual(new Set(['backend', 'example']));
    for (const setting of settings) expect(tiltfile).toContain(`config.define_string('${setting}'`);
    const switches = new Set(found(/`tilt up -- --(\w+)`/g));
    expect(switches).toEqual(new Set(['scaled']));
    for (const one of switches) expect(tiltfile).toContain(`config.define_bool('${one}'`);
    for (const backend of found(/--backend=(\w+)/g)) expect(tiltfile).toContain(`'${backend}': {'overlay'`);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { locateKustomize, ROOT } from './kustomize.ts';
import { Manifests } from './objects.ts';

const kustomize = await locateKustomize();
const text = readFileSync(join(ROOT, 'docs/kubernetes.md'), 'utf8');
const flat = text.replace(/\s+/g, ' ');
const found = (pattern: RegExp) => [...flat.matchAll(pattern)].map((match) => match[1] ?? '');

describe('docs/kubernetes.md', () => {
  it('makes the booking that the system shows', () => {
    const [body] = found(/curl localhost:8080\/api\/v1\/bookings\/ .*? -d '(\{.*?\})'/g);
    expect(JSON.parse(body ?? '')).toEqual(hotel.tryIt.body);
  });

  it('takes five commands to the trace', () => {
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

  it('has settings that the Tiltfile knows', () => {
    const tiltfile = readFileSync(join(ROOT, 'Tiltfile'), 'utf8');
    const settings = new Set(found(/`tilt up -- --(\w+)=/g));
    expect(settings).toEqual(new Set(['backend', 'example']));
    for (const setting of settings) expect(tiltfile).toContain(`config.define_string('${setting}'`);
    for (const backend of found(/--backend=(\w+)/g)) expect(tiltfile).toContain(`'${backend}': {'overlay'`);
  });
});

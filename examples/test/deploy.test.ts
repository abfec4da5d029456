import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProcessSpec, System } from '@hotel/system';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { system as bands } from '../bands/system.ts';
import { system as reservations } from '../reservations/system.ts';
import { system as shop } from '../shop/system.ts';

const EXAMPLES = join(import.meta.dirname, '..');
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
if (!hasKubectl) console.warn('SKIPPED: rendering the manifests of the examples needs kubectl on PATH.');

interface Container {
  name: string;
  image: string;
  args: string[];
  ports: Array<{ name: string; containerPort: number }>;
  env: Array<{ name: string; value?: string }>;
}
interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: {
    template: { spec: { containers: Container[] } };
    ports: Array<{ port: number }>;
    ingress: unknown;
    egress: unknown;
  };
  data?: Record<string, string>;
}

const systems: Array<[System, string]> = [
  [bands, 'jaeger'],
  [reservations, 'tempo'],
  [shop, 'jaeger'],
];

describe.skipIf(!hasKubectl).each(systems)('the manifests of %o', (system, receiver) => {
  const render = () =>
    parseAllDocuments(
      execFileSync('kubectl', ['kustomize', join(EXAMPLES, system.name, 'deploy')], { encoding: 'utf8' }),
    ).map((document) => document.toJS() as Manifest);
  const services: ProcessSpec[] = system.processes.filter(({ traced }) => traced);

  it('run each service from the shared image on its port, and nothing in another namespace', () => {
    const all = render();
    const find = (kind: string, name: string) =>
      all.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
    for (const { name, entry, ports } of services) {
      const [port] = Object.values(ports);
      const [container] = find('Deployment', name)?.spec.template.spec.containers ?? [];
      const valueIn = (variable: string) => container?.env.find(({ name }) => name === variable)?.value;
      expect(container).toMatchObject({
        name,
        image: 'examples:0.1.0',
        args: [`${system.name}/${entry}`],
        ports: [
          { name: 'http', containerPort: port },
          { name: 'metrics', containerPort: Number(valueIn('HOTEL_METRICS_PORT')) },
        ],
        livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
      });
      // Jaeger assumes a clock per host, so the host is the node, not the pod.
      expect(valueIn('OTEL_RESOURCE_ATTRIBUTES')?.split(',')).toEqual(
        expect.arrayContaining(['host.name=$(K8S_NODE)', 'k8s.node.name=$(K8S_NODE)', 'k8s.pod.name=$(K8S_POD)']),
      );
      expect(find('Service', name)?.spec.ports).toMatchObject([{ port }]);
      expect(find('NetworkPolicy', name), name).toBeDefined();
    }
    expect(find('NetworkPolicy', 'metrics')?.spec.ingress).toMatchObject([{ ports: [{ port: 'metrics' }] }]);
    expect(find('Deployment', receiver)).toBeDefined();
    const namespaces = all.map(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace));
    expect(new Set(namespaces)).toEqual(new Set([system.name]));
  });

  it('point each service to the services it calls, by name and port', () => {
    const all = render();
    for (const { name, env } of services) {
      const container = all.find((manifest) => manifest.kind === 'Deployment' && manifest.metadata.name === name)?.spec
        .template.spec.containers[0];
      const urls = Object.entries(env).filter(([variable]) => variable.endsWith('_URL'));
      for (const [variable, url] of urls) {
        const portName = /\$\{(\w+)\}/.exec(url)?.[1] ?? '';
        const other = services.find(({ ports }) => portName in ports);
        const expected = `http://${other?.name}:${other?.ports[portName]}`;
        expect(container?.env).toContainEqual({ name: variable, value: expected });
      }
    }
  });
});

it('the compose file runs the services of reservations with Tempo and Grafana, using existing files', () => {
  const folder = join(EXAMPLES, 'reservations');
  const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { merge: true });
  for (const { name, entry, ports } of reservations.processes.filter(({ traced }) => traced)) {
    const [port] = Object.values(ports);
    expect(services[name]).toMatchObject({
      command: [`reservations/${entry}`],
      ports: [`127.0.0.1:${port}:${port}`],
      environment: { OTEL_SERVICE_NAME: name, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://tempo:4317' },
    });
    expect(existsSync(resolve(folder, services[name].build.context, services[name].build.dockerfile))).toBe(true);
  }
  expect(services.grafana.ports).toEqual(['127.0.0.1:3000:3000']);
  const mounted: string[] = [...services.tempo.volumes, ...services.grafana.volumes];
  for (const [source = ''] of mounted.filter((volume) => volume.startsWith('.')).map((volume) => volume.split(':'))) {
    expect(existsSync(resolve(folder, source)), source).toBe(true);
  }
});

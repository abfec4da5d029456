import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hotel } from 'dev/system';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { locateKustomize, ROOT } from './kustomize.ts';
import { Manifests } from './objects.ts';

const kustomize = await locateKustomize();
const filesOf = (manifests: Manifests, name: string): Record<string, string> =>
  manifests.of('ConfigMap').find(({ metadata }) => metadata.name.replace(/-\w+$/, '') === name)?.data ?? {};

it.skipIf(!kustomize).each([
  ['dev-viewer', { OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' }],
  ['dev', { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }],
])('%s sends the signals that its backend shows', async (overlay, expected) => {
  const manifests = new Manifests((await kustomize?.render(`deploy/overlays/${overlay}`)) ?? '');
  expect(filesOf(manifests, 'hotel')).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otlp:4318', ...expected });
});

describe.skipIf(!kustomize)('the backend of three signals', () => {
  let manifests: Manifests;
  beforeAll(async () => {
    manifests = new Manifests((await kustomize?.render('deploy/overlays/dev-grafana')) ?? '');
  });
  const files = (name: string) => filesOf(manifests, name);
  const config = (name: string, file: string) => parse(files(name)[file] ?? '');
  const hostsOf = (urls: string[]) => urls.map((url) => new URL(url).host);
  const addresses = () =>
    manifests.of('Service').flatMap(({ metadata, spec }) => spec?.ports?.map(({ port }) => `${metadata.name}:${port}`));

  it('uses every component of the collector that is configured, and each signal has one pipeline', () => {
    const { receivers, processors, connectors, exporters, service } = config('otel-collector', 'config.yaml');
    const pipelines = Object.values(service.pipelines) as Array<Record<string, string[]>>;
    const used = new Set(pipelines.flatMap((pipeline) => Object.values(pipeline).flat()));
    const configured = [receivers, processors, connectors, exporters].flatMap((kind) => Object.keys(kind));
    expect([...used].sort()).toEqual(configured.sort());
    expect(Object.keys(service.pipelines)).toEqual(['traces', 'metrics/servicegraph', 'logs']);
  });

  it('names only Services and ports that exist', () => {
    const { exporters } = config('otel-collector', 'config.yaml');
    const { scrape_configs: jobs } = config('prometheus', 'prometheus.yaml');
    const { datasources } = config('grafana-datasources', 'datasources.yaml');
    const named = [
      ...hostsOf([exporters['otlphttp/tempo'].endpoint, exporters['otlphttp/loki'].endpoint]),
      ...hostsOf(datasources.map(({ url }: { url: string }) => url)),
      ...jobs.flatMap(({ static_configs: [{ targets }] }: { static_configs: [{ targets: string[] }] }) => targets),
    ];
    expect(addresses()).toEqual(expect.arrayContaining(named));
  });

  it('scrapes the metrics port of every traced process', () => {
    const { scrape_configs: jobs } = config('prometheus', 'prometheus.yaml');
    const [{ targets }] = jobs.find(({ job_name: name }: { job_name: string }) => name === 'hotel').static_configs;
    const traced = hotel.processes.filter((process) => process.traced).map(({ name }) => name);
    const ports = manifests
      .containers()
      .filter(({ container }) => traced.includes(container.name as (typeof traced)[number]))
      .flatMap(({ container }) => container.ports?.filter(({ name = '' }) => name.endsWith('metrics')) ?? [])
      .map(({ containerPort }) => containerPort);
    expect(targets.map((target: string) => Number(target.split(':')[1]))).toEqual(ports.sort());
  });

  it('stores exemplars in Prometheus, with the rules of the alerts', () => {
    const pod = manifests.one('Deployment', 'prometheus').spec?.template.spec;
    expect(pod?.containers[0]?.args).toContain('--enable-feature=exemplar-storage');
    const { rule_files: ruleFiles, storage } = config('prometheus', 'prometheus.yaml');
    expect(storage.exemplars.max_exemplars).toBeGreaterThan(0);
    const mounted = pod?.containers[0]?.volumeMounts?.find(({ name }) => name === 'rules')?.mountPath;
    expect(ruleFiles).toEqual([`${mounted}/*.yaml`]);
    expect(Object.keys(files('prometheus-rules'))).toEqual(['rules.yaml']);
  });

  it('links every signal with the others', () => {
    const { datasources } = config('grafana-datasources', 'datasources.yaml');
    const [prometheus, tempo, loki] = ['prometheus', 'tempo', 'loki'].map((name) =>
      datasources.find(({ uid, type }: { uid: string; type: string }) => uid === name && type === name),
    );
    expect(prometheus.jsonData.exemplarTraceIdDestinations).toEqual([{ name: 'trace_id', datasourceUid: 'tempo' }]);
    expect(tempo.jsonData).toMatchObject({
      tracesToLogsV2: { datasourceUid: 'loki', query: expect.stringContaining('trace_id = "$${__trace.traceId}"') },
      tracesToMetrics: { datasourceUid: 'prometheus' },
      serviceMap: { datasourceUid: 'prometheus' },
    });
    expect(loki.jsonData.derivedFields).toMatchObject([{ matcherRegex: 'trace_id', datasourceUid: 'tempo' }]);
  });

  it('provides the dashboards from the folder that Grafana reads', () => {
    const provider = config('grafana-dashboard-provider', 'provider.yaml').providers[0];
    const pod = manifests.one('Deployment', 'grafana').spec?.template.spec;
    const mount = pod?.containers[0]?.volumeMounts?.find(({ name }) => name === 'dashboards');
    expect(mount?.mountPath).toBe(provider.options.path);
    const dashboards = Object.entries(files('grafana-dashboards'));
    expect(dashboards.map(([name]) => existsSync(join(ROOT, 'deploy/components/signals/dashboards', name)))).toEqual(
      dashboards.map(() => true),
    );
    for (const [name, text] of dashboards) expect(`${JSON.parse(text).uid}.json`).toBe(name);
  });

  it('sends the logs of the processes there, and their metrics nowhere else', () => {
    const { OTEL_LOGS_EXPORTER, OTEL_METRICS_EXPORTER } = files('hotel');
    expect({ OTEL_LOGS_EXPORTER, OTEL_METRICS_EXPORTER }).toEqual({
      ...{ OTEL_LOGS_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none' },
    });
  });
});

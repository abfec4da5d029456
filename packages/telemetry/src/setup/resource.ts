import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  defaultResource,
  detectResources,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import type { Environment } from '../settings/kinds.ts';
import { attributesFrom } from '../settings/pairs.ts';

/** By their names in `OTEL_NODE_RESOURCE_DETECTORS`. None of them uses the network. */
const detectors: Record<string, ResourceDetector> = {
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  serviceinstance: serviceInstanceIdDetector,
};

/**
 * The resource of spans and metrics, with the same instance id. The environment overrides what is detected.
 * @param entry the program's file, which leads to its version
 */
export async function detectResource(env: Environment, entry = process.argv[1]): Promise<Resource> {
  const names = env.OTEL_NODE_RESOURCE_DETECTORS?.split(',') ?? ['all'];
  const wanted = names.includes('all') ? Object.values(detectors) : names.flatMap((name) => detectors[name] ?? []);
  const service = env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {};
  return defaultResource()
    .merge(resourceFromAttributes(defaultsFor(entry)))
    .merge(resourceFromAttributes(await settled(detectResources({ detectors: wanted }))))
    .merge(resourceFromAttributes({ ...attributesFrom(env.OTEL_RESOURCE_ATTRIBUTES), ...service }));
}

/** Drops attributes this machine lacks: a container has no `host.id`, and the SDK would warn in the first request. */
async function settled(resource: Resource) {
  const known = await Promise.all(resource.getRawAttributes().map(async ([key, value]) => [key, await value] as const));
  // The first of two attributes with the same key wins.
  return Object.fromEntries(known.filter(([, value]) => value !== undefined).reverse());
}

/** The values of a process that is started alone, from the `package.json` files above its program. */
function defaultsFor(entry: string | undefined): Record<string, string> {
  const manifests = entry ? manifestsAbove(dirname(entry)) : [];
  // The service's own values win over the workspace's.
  const first = (valueIn: (manifest: Manifest) => unknown) => manifests.map(valueIn).find((value) => isText(value));
  const defaults = {
    // `config` is the place for a project's own values: https://docs.npmjs.com/cli/configuring-npm/package-json#config
    'service.namespace': first(({ config }) => config?.namespace),
    'deployment.environment.name': 'development',
    'service.version': first(({ version }) => version),
  };
  return Object.fromEntries(Object.entries(defaults).filter((entry): entry is [string, string] => isText(entry[1])));
}

interface Manifest {
  version?: unknown;
  config?: { namespace?: unknown } | null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function manifestsAbove(folder: string): Manifest[] {
  const parent = dirname(folder);
  const manifest = readManifest(join(folder, 'package.json'));
  return [...(manifest ? [manifest] : []), ...(parent === folder ? [] : manifestsAbove(parent))];
}

function readManifest(file: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

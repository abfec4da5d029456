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

/** The values of a process that is started alone. */
function defaultsFor(entry: string | undefined): Record<string, string> {
  const version = entry && versionAbove(dirname(entry));
  return {
    'service.namespace': 'hotel',
    'deployment.environment.name': 'development',
    ...(version ? { 'service.version': version } : {}),
  };
}

/** The version in the nearest `package.json` that has one: the service's own, else the workspace's. */
function versionAbove(folder: string): string | undefined {
  const version = versionIn(join(folder, 'package.json'));
  const parent = dirname(folder);
  return version ?? (parent === folder ? undefined : versionAbove(parent));
}

function versionIn(manifest: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

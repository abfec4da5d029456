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

/** The resource of spans and metrics, with the same instance id. The environment overrides what is detected. */
export async function detectResource(env: Environment): Promise<Resource> {
  const names = env.OTEL_NODE_RESOURCE_DETECTORS?.split(',') ?? ['all'];
  const wanted = names.includes('all') ? Object.values(detectors) : names.flatMap((name) => detectors[name] ?? []);
  const service = env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {};
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.namespace': 'hotel' }))
    .merge(resourceFromAttributes(await settled(detectResources({ detectors: wanted }))))
    .merge(resourceFromAttributes({ ...attributesFrom(env.OTEL_RESOURCE_ATTRIBUTES), ...service }));
}

/** Drops attributes this machine lacks: a container has no `host.id`, and the SDK would warn in the first request. */
async function settled(resource: Resource) {
  const known = await Promise.all(resource.getRawAttributes().map(async ([key, value]) => [key, await value] as const));
  // The first of two attributes with the same key wins.
  return Object.fromEntries(known.filter(([, value]) => value !== undefined).reverse());
}

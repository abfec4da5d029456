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

/** Their names in `OTEL_NODE_RESOURCE_DETECTORS`. None of them asks anybody outside of this machine. */
const detectors: Record<string, ResourceDetector> = {
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  serviceinstance: serviceInstanceIdDetector,
};

/** Who speaks: the same for spans and metrics, down to the instance's id. What the environment says wins over what is detected. */
export async function detectResource(env: Environment): Promise<Resource> {
  const names = env.OTEL_NODE_RESOURCE_DETECTORS?.split(',') ?? ['all'];
  const wanted = names.includes('all') ? Object.values(detectors) : names.flatMap((name) => detectors[name] ?? []);
  const service = env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {};
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.namespace': 'hotel' }))
    .merge(resourceFromAttributes(await settled(detectResources({ detectors: wanted }))))
    .merge(resourceFromAttributes({ ...attributesFrom(env.OTEL_RESOURCE_ATTRIBUTES), ...service }));
}

/** Without what this machine does not have: a container has no `host.id`, and the SDK would warn of it in the first request. */
async function settled(resource: Resource) {
  const known = await Promise.all(resource.getRawAttributes().map(async ([key, value]) => [key, await value] as const));
  // Of two with one key the first one wins.
  return Object.fromEntries(known.filter(([, value]) => value !== undefined).reverse());
}

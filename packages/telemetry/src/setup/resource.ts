import { diag } from '@opentelemetry/api';
import { getStringListFromEnv } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';

const detectors: Record<string, ResourceDetector> = {
  env: envDetector,
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  serviceinstance: serviceInstanceIdDetector,
};

/**
 * Who speaks: the same for spans and metrics, down to the instance's id. All detectors unless
 * `OTEL_NODE_RESOURCE_DETECTORS` names some; none of them asks anybody outside of this machine.
 */
export function detectResource(): Resource {
  const names = getStringListFromEnv('OTEL_NODE_RESOURCE_DETECTORS') ?? ['all'];
  const wanted = names.includes('all') ? Object.keys(detectors) : names.filter((name) => name !== 'none');
  const found = wanted.flatMap((name) => {
    const detector = detectors[name];
    if (!detector) diag.warn(`OTEL_NODE_RESOURCE_DETECTORS: "${name}" is not known; it is ignored`);
    return detector ?? [];
  });
  // The lowest priority: OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME win over it.
  const ours = resourceFromAttributes({ 'service.namespace': 'hotel' });
  return defaultResource()
    .merge(ours)
    .merge(detectResources({ detectors: found }));
}

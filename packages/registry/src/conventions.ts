import * as stable from '@opentelemetry/semantic-conventions';
import * as incubating from '@opentelemetry/semantic-conventions/incubating';

const named = (prefix: string, module: Record<string, unknown>) =>
  new Set(Object.entries(module).flatMap(([name, value]) => (name.startsWith(prefix) ? [String(value)] : [])));

/** Names of the stable attributes in the published conventions; the package exports a constant for each. */
export const stableAttributes = named('ATTR_', stable);
/** Names of all attributes in them, including those in development. */
export const conventionalAttributes = named('ATTR_', incubating);
export const conventionalEvents = named('EVENT_', incubating);
export const conventionalMetrics = named('METRIC_', incubating);

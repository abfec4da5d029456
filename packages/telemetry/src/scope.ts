import manifest from '../package.json' with { type: 'json' };

/** Instrumentation scope of the adapters' spans and metrics. */
export const SCOPE_NAME = manifest.name;
export const SCOPE_VERSION = manifest.version;
/** Version of the semantic conventions that the names come from; a test compares it with the package's. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

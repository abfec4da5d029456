import manifest from '../package.json' with { type: 'json' };

/** Who makes the spans and metrics of the adapters. */
export const SCOPE_NAME = manifest.name;
export const SCOPE_VERSION = manifest.version;
/** The version of the semantic conventions that their names are from; a test compares it with the package's. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

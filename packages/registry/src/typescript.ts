import { conventionalAttributes, stableAttributes } from './conventions.ts';
import type { Registry } from './registry.ts';

const OURS = 'hotel.';

/**
 * `packages/telemetry/src/attributes.ts`: the names that the adapters and services use. Stable names are imported;
 * names in development are spelled out, since the unstable entry point may change in any version.
 * @throws Error that names a reference unknown to both the registry and the published conventions
 */
export function renderTypescript({ attributes, events, spans }: Registry): string {
  const written = spans.filter(({ annotations }) => !annotations?.code_generation.exclude);
  const refs = new Set(written.flatMap((span) => span.attributes.map(({ ref }) => ref)));
  const foreign = [...refs].filter((ref) => !attributes.has(ref)).sort();
  const unknown = foreign.find((ref) => !conventionalAttributes.has(ref));
  if (unknown) throw new Error(`telemetry/registry refers to ${unknown}, which neither it nor the conventions define`);
  const ours = [...attributes.values()].filter(({ id }) => id.startsWith(OURS));
  return [
    '// Generated from telemetry/registry by `pnpm generate`.',
    'export {',
    ...foreign.filter((id) => stableAttributes.has(id)).map((id) => `  ${constant(id)},`),
    "} from '@opentelemetry/semantic-conventions';",
    '',
    '/** In development in the conventions. */',
    ...foreign.filter((id) => !stableAttributes.has(id)).map((id) => `export const ${constant(id)} = '${id}';`),
    '',
    ...ours.flatMap(({ id, type, brief }) => [`/** ${brief} */`, definition(id, type === 'template[string]')]),
    '',
    ...events.flatMap(({ name, brief }) => [
      `/** ${brief} */`,
      `export const ${upper('EVENT', withoutPrefix(name))} = '${name}';`,
    ]),
    '',
  ].join('\n');
}

function definition(id: string, isTemplate: boolean): string {
  const value = isTemplate ? `(key: string) => \`${id}.\${key}\`` : `'${id}'`;
  return `export const ${constant(withoutPrefix(id))} = ${value};`;
}

function constant(id: string): string {
  return upper('ATTR', id);
}

function withoutPrefix(id: string): string {
  return id.startsWith(OURS) ? id.slice(OURS.length) : id;
}

function upper(prefix: string, name: string): string {
  return `${prefix}_${name.toUpperCase().replaceAll('.', '_')}`;
}

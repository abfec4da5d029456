import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLetterSchema } from '@hotel/contracts';
import { readRegistry } from '@hotel/registry';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const { attributes } = readRegistry();

it('the registry lists the same reasons of dead letters as the contracts', () => {
  const type = attributes.get('hotel.dead_letter.reason')?.type;
  expect(typeof type === 'object' && type.members.map(({ value }) => value)).toEqual(
    deadLetterSchema.shape.reason.options,
  );
});

it('the registry defines exactly the attributes that the examples set', () => {
  const sources = globSync('examples/*/src/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const written = sources.flatMap((source) =>
    [...source.matchAll(/const ATTR_\w+ = '([^']+)'/g)].map(([, name]) => name),
  );
  const ofExamples = [...attributes.keys()].filter((id) => !id.startsWith('hotel.'));
  expect(new Set(ofExamples)).toEqual(new Set(written));
});

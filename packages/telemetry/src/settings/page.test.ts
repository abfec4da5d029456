import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingsTables } from '../../test/settings-page.ts';

const page = readFileSync(new URL('../../../../docs/telemetry-settings.md', import.meta.url), 'utf8');

it('docs/telemetry-settings.md matches the settings in the code', () => {
  const [, shown] = /<!-- settings[^\n]*-->\n(.*)\n<!-- end -->/s.exec(page) ?? [];
  expect(shown).toBe(settingsTables());
});

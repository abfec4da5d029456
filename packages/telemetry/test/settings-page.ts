import { ignoredSettings } from '../src/settings/ignored.ts';
import { settings } from '../src/settings/table.ts';

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** Renders the two tables of `docs/telemetry-settings.md`. */
export function settingsTables(): string {
  return [
    row('variable', 'accepts', 'default', 'effect'),
    row('---', '---', '---', '---'),
    ...settings.map(({ name, kind, unset, does }) => row(`\`${name}\``, kind.accepts, unset, does)),
    '',
    'These have no effect here and are reported if set:',
    '',
    row('variable', 'reason'),
    row('---', '---'),
    ...ignoredSettings.map(({ name, because }) => row(`\`${name}\``, because)),
  ].join('\n');
}

import { ignoredSettings, settings } from '../src/settings/table.ts';

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** Renders the two tables of `docs/telemetry-settings.md`. */
export function settingsTables(): string {
  return [
    row('variable', 'accepts', 'not set', 'does'),
    row('---', '---', '---', '---'),
    ...settings.map(({ name, kind, unset, does }) => row(`\`${name}\``, kind.accepts, unset, does)),
    '',
    'Without effect here, and reported when they are set:',
    '',
    row('variable', 'because', 'not reported'),
    row('---', '---', '---'),
    ...ignoredSettings.map(({ name, because, harmless = [] }) =>
      row(`\`${name}\``, because, harmless.map((value) => `\`${value}\``).join(', ') || '-'),
    ),
  ].join('\n');
}

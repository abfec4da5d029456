import { expand } from '@hotel/system';
import { colourByName, link, paint } from '../cli/terminal.ts';
import type { BannerInput } from './banner.ts';

/** What runs of an example and what to do with it. Its README tells the rest. */
export function exampleBanner({ system, ports, traces, dataDir, terminal }: BannerInput): string {
  const values = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const names = system.processes.map(({ name }) => name);
  const width = Math.max(...names.map(({ length }) => length));
  const colourOf = colourByName(names);
  const { method, url, body } = system.tryIt;
  const curl = [
    'curl',
    ...(method === 'GET' || body !== undefined ? [] : ['-X', method]),
    `'${expand(url, values, 'tryIt').replace('http://', '')}'`,
    ...(body === undefined ? [] : [`-H 'content-type: application/json' -d '${JSON.stringify(body)}'`]),
  ];
  return [
    ...system.processes.map(({ name, ready }) => {
      const at = name === 'viewer' ? traces.searchPage : `http://localhost:${ports[ready.port]}`;
      return `  ${paint(terminal, colourOf(name), name.padEnd(width))}  ${link(terminal, at, at)}`;
    }),
    `  ${'data'.padEnd(width)}  ${dataDir}`,
    '',
    paint(terminal, 'bold', '  Try it:'),
    `    ${curl.join(' ')}`,
    paint(terminal, 'bold', '  Then look, in another terminal:'),
    '    npx -y pnpm@12 trace last',
    `    ${traces.searchPage}`,
    `  The lesson: examples/${system.name}/README.md`,
    '',
  ].join('\n');
}

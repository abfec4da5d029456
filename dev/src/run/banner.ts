import { expand, type System } from '@hotel/system';
import { colourByName, link, paint, type Terminal } from '../cli/terminal.ts';

export interface BannerInput {
  system: System;
  /** By variable. */
  ports: Readonly<Record<string, number>>;
  /** Where traces are kept, and its page. */
  traces: { store: 'viewer' | 'jaeger' | 'tempo'; searchPage: string };
  redis: string;
  dataDir: string;
  terminal: Terminal;
}

/** What runs and what to do with it, without the line that starts with `ready`. */
export function banner({ system, ports, traces, redis, dataDir, terminal }: BannerInput): string {
  const values = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const at = (name: string, path: string) => `http://localhost:${ports[name]}${path}`;
  const colourOf = colourByName(system.processes.map(({ name }) => name));
  const row = (name: string, url: string, what: string) =>
    `  ${paint(terminal, colourOf(name), name.padEnd(9))} ${link(terminal, url, url.padEnd(34))} ${what}`;
  const { body, url } = system.tryIt;
  const target = expand(url, values, 'tryIt').replace('http://', '');
  const { start, end } = body as { start: string; end: string };
  return [
    row('dispo', at('DISPO_PORT', '/docs'), 'rooms and bookings'),
    row('cleaning', at('CLEANING_PORT', '/docs'), 'the cleaning plan'),
    row(traces.store, traces.searchPage, 'the traces'),
    `  ${'redis'.padEnd(9)} ${redis}`,
    `  ${'data'.padEnd(9)} ${dataDir}`,
    '',
    paint(terminal, 'bold', '  Try it:'),
    `    curl ${target} -H 'content-type: application/json' -d '${spaced(body)}'`,
    paint(terminal, 'bold', '  Then look, in another terminal:'),
    '    npx -y pnpm@12 trace last          the trace of that booking, from the request to the plan and back',
    `    ${traces.searchPage.padEnd(34)} the same in a browser`,
    `    curl 'localhost:${ports.CLEANING_PORT}/api/v1/days?start=${start}&end=${end}'   the plan that came of it`,
    '    npx -y pnpm@12 book                a booking and its trace in one go',
    '',
  ].join('\n');
}

function spaced(body: unknown): string {
  return JSON.stringify(body).replaceAll('":', '": ').replaceAll(',"', ', "');
}

import { expand, type System } from '@hotel/system';
import { type Colour, colourByName, link, paint, type Terminal } from '../../cli/terminal.ts';
import { type Backend, isTraced } from './backend.ts';

export interface BannerInput {
  system: System;
  /** By variable. */
  ports: Readonly<Record<string, number>>;
  portOffset: number;
  backend: Backend;
  env: Readonly<Record<string, string | undefined>>;
  /** Undefined when the system needs none. */
  redis?: { where: string; how: string } | undefined;
  /** Undefined when the data is in SQLite files. */
  postgres?: { where: string; how: string } | undefined;
  dataDir: string;
  terminal: Terminal;
}

const WIDTH = 80;
const GAP = '  ';

/** What runs and what to try, without the line that starts with `ready`. Lines are at most 80 columns wide, except for long URLs. */
export function banner({
  system,
  ports,
  portOffset,
  backend,
  env,
  redis,
  postgres,
  dataDir,
  terminal,
}: BannerInput): string {
  const values = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const option = portOffset === 0 ? '' : ` --port-offset=${portOffset}`;
  const traced = isTraced(system, env);
  const names = system.processes.map(({ name }) => name);
  const rows: Row[] = [
    ...system.processes
      // Replicas share their address, and a line.
      .filter(({ service }, index, all) => !service || all.findIndex((other) => other.service === service) === index)
      .map(({ name, service, ready, page = ready, about = '' }) => {
        const url = `http://localhost:${ports[page.port]}${page.path}`;
        const count = system.processes.filter((other) => other.service === service).length;
        return { name: service ? `${name}..${count}` : name, where: url, what: about, url };
      }),
    ...(backend.name === 'viewer' ? [] : [{ name: backend.name, where: backend.url, what: backend.how }]),
    ...(redis === undefined ? [] : [{ name: 'redis', where: redis.where, what: redis.how }]),
    ...(postgres === undefined ? [] : [{ name: 'postgres', where: postgres.where, what: postgres.how }]),
    { name: 'data', where: dataDir, what: '' },
  ];
  const next = [
    ...(traced ? [{ what: 'its trace', command: 'npx -y pnpm@12 trace last' }] : []),
    ...(traced ? [{ what: 'in pages', command: backend.searchPage }] : []),
    ...(system.next ?? []).map(({ what, command }) => ({
      what,
      command: expand(command, { ...values, PORT_OFFSET_OPTION: option }, 'next'),
    })),
  ];
  const widest = Math.max(...next.map(({ what }) => what.length));
  return [
    ...table(rows, terminal, colourByName(names)),
    ...(traced ? [] : [`${GAP}Tracing is off.`]),
    '',
    paint(terminal, 'bold', `${GAP}Try it:`),
    ...curl(system, values).map((line) => `    ${line}`),
    paint(terminal, 'bold', `${GAP}Then, in another terminal:`),
    ...next.map(({ what, command }) => `${GAP}${what.padEnd(widest)}${GAP}${command}`),
    ...(system.name === 'hotel' ? [] : [`${GAP}Guide: ${system.lesson ?? `examples/${system.name}/README.md`}`]),
    '',
  ].join('\n');
}

interface Row {
  name: string;
  where: string;
  what: string;
  url?: string;
}

/** Puts a description that does not fit into 80 columns on the next line. */
function table(rows: readonly Row[], terminal: Terminal, colourOf: (name: string) => Colour): string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const whereWidth = Math.max(...rows.filter(({ what }) => what !== '').map(({ where }) => where.length), 0);
  return rows.flatMap(({ name, where, what, url }) => {
    const label = `${GAP}${url ? paint(terminal, colourOf(name), name.padEnd(nameWidth)) : name.padEnd(nameWidth)}${GAP}`;
    const shown = url ? link(terminal, url, where) : where;
    if (what === '') return [label + shown];
    const indent = GAP.length * 2 + nameWidth;
    const padding = ' '.repeat(Math.max(whereWidth - where.length, 0));
    if (indent + whereWidth + GAP.length + what.length <= WIDTH) return [`${label}${shown}${padding}${GAP}${what}`];
    return [label + shown, ' '.repeat(indent) + what];
  });
}

/** The command that makes the system's main trace, with line breaks that a shell accepts. */
function curl({ tryIt: { method, url, body } }: System, values: Readonly<Record<string, string>>): string[] {
  const target = expand(url, values, 'tryIt').replace('http://', '');
  const quoted = /[?&]/.test(target) ? `'${target}'` : target;
  if (body === undefined) return [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted}`];
  return [`curl ${quoted} \\`, "  -H 'content-type: application/json' \\", `  -d '${spaced(body)}'`];
}

function spaced(body: unknown): string {
  return JSON.stringify(body).replaceAll('":', '": ').replaceAll(',"', ', "');
}
